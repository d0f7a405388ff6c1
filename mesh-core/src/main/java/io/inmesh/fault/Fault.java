package io.inmesh.fault;

import io.inmesh.call.Outcome;
import io.inmesh.call.StatusCodes;
import io.inmesh.config.FaultConfig;
import io.inmesh.time.Randomness;
import org.jspecify.annotations.Nullable;

/** The faults of one route. Source: Envoy {@code HTTPFault}. Compiled from a {@link FaultConfig}; immutable. */
public final class Fault {

    private static final int WHOLE = 1_000_000;

    private final FaultConfig config;
    private final Outcome.@Nullable LocalReply abort;

    /** Compiles a config. */
    public Fault(FaultConfig config) {
        this.config = config;
        this.abort = config.abort() == null ? null : reply(config.abort());
    }

    /** {@return what it was compiled from} */
    public FaultConfig config() {
        return config;
    }

    /** {@return how long this call has to wait, usually 0} */
    public long drawDelayNanos(Randomness randomness) {
        FaultConfig.Delay delay = config.delay();
        return delay != null && drawn(delay.millionths(), randomness)
                ? delay.duration().toNanos()
                : 0;
    }

    /** {@return what this call is answered, usually null} */
    public Outcome.@Nullable LocalReply drawAbort(Randomness randomness) {
        FaultConfig.Abort configured = config.abort();
        return configured != null && drawn(configured.millionths(), randomness) ? abort : null;
    }

    private static boolean drawn(int millionths, Randomness randomness) {
        return millionths > 0 && randomness.below(WHOLE) < millionths;
    }

    private static Outcome.LocalReply reply(FaultConfig.Abort abort) {
        int http = abort.httpStatus() >= 0 ? abort.httpStatus() : StatusCodes.httpOf(abort.grpcStatus());
        int grpc = abort.grpcStatus() >= 0 ? abort.grpcStatus() : StatusCodes.grpcOf(abort.httpStatus());
        return new Outcome.LocalReply(Outcome.Reason.FAULT, http, grpc, "aborted by fault injection", null);
    }
}
