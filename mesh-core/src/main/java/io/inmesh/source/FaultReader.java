package io.inmesh.source;

import io.inmesh.config.FaultConfig;
import java.time.Duration;

/** Reads {@code fault}. As in Istio, a fault without percentage never happens, so the percentage must be written. */
final class FaultReader {

    /** Every call, in parts of a million. */
    static final int WHOLE = 1_000_000;

    private static final int MILLIONTHS_PER_PERCENT = 10_000;

    private FaultReader() {}

    static FaultConfig read(Section fault) {
        return new FaultConfig(
                fault.findSection("delay", FaultReader::delay), fault.findSection("abort", FaultReader::abort));
    }

    private static FaultConfig.Delay delay(Section delay) {
        return new FaultConfig.Delay(delay.duration("duration", Duration.ZERO), millionths(delay));
    }

    private static FaultConfig.Abort abort(Section abort) {
        return new FaultConfig.Abort(
                abort.integer("httpStatus", -1), abort.integer("grpcStatus", -1), millionths(abort));
    }

    /** {@return what the section's {@code percent} says, in parts of a million; 0, and reported, if it says nothing of use} */
    static int millionths(Section section) {
        Value percent = section.get("percent");
        if (percent == null) {
            section.value().report("has no percent", "add \"percent: 100\" for every call");
            return 0;
        }
        Double number = percent.decimal();
        if (number == null) {
            return 0;
        }
        if (!(number >= 0 && number <= 100)) {
            percent.report("is " + number, "write 0 to 100");
            return 0;
        }
        return (int) Math.round(number * MILLIONTHS_PER_PERCENT);
    }
}
