package io.inmesh.server.time;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as mesh YAML writes them: one or more decimal numbers with a unit, such as {@code 7s}, {@code 1.5s}, {@code 1h30m}, {@code 100ms}. */
public final class Durations {
    private static final Pattern WHOLE = Pattern.compile("-?(\\d+(\\.\\d+)?(h|ms|us|µs|ns|m|s))+");
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(h|ms|us|µs|ns|m|s)");

    private Durations() {}

    /** Reads {@code text}; empty if it is no duration or beyond what 64-bit nanoseconds can hold. A leading minus gives a negative duration. */
    public static Optional<Duration> parse(String text) {
        if (text.length() > 64 || !WHOLE.matcher(text).matches()) {
            return Optional.empty();
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(nanosOf(part.group(2)))));
        }
        if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            return Optional.empty();
        }
        Duration value = Duration.ofNanos(nanos.longValue());
        return Optional.of(text.startsWith("-") ? value.negated() : value);
    }

    /** {@return a duration that is not negative as it may be written, to the nanosecond: {@code 90m}, {@code 24h}, {@code 0s}} */
    public static String text(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        if (duration.getNano() != 0) {
            return BigDecimal.valueOf(duration.getNano(), 9)
                            .add(BigDecimal.valueOf(duration.getSeconds()))
                            .stripTrailingZeros()
                            .toPlainString()
                    + "s";
        }
        long seconds = duration.getSeconds();
        return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    private static long nanosOf(String unit) {
        return switch (unit) {
            case "h" -> 3_600_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "s" -> 1_000_000_000L;
            case "ms" -> 1_000_000L;
            case "us", "µs" -> 1_000L;
            default -> 1L;
        };
    }
}
