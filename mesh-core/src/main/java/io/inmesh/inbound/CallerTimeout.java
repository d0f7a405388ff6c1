package io.inmesh.inbound;

/**
 * Reads how long a caller waits from the headers that carry it.
 *
 * <p>Source: Envoy {@code x-envoy-expected-rq-timeout-ms}; gRPC over HTTP/2, {@code grpc-timeout}.
 */
final class CallerTimeout {

    static final String HTTP_HEADER = "x-envoy-expected-rq-timeout-ms";
    static final String GRPC_HEADER = "grpc-timeout";

    /** The value is not a timeout. */
    static final long UNREADABLE = -1;

    // So long that adding it to the time of day must not be tried: it could overflow.
    private static final long FOREVER_NANOS = Long.MAX_VALUE / 4;
    private static final int MAX_GRPC_DIGITS = 8;
    // More milliseconds than a long has nanoseconds for are as good as forever.
    private static final int MAX_HTTP_DIGITS = 12;

    private CallerTimeout() {}

    /** {@return nanoseconds in a value such as {@code 2500}, or {@link #UNREADABLE}} */
    static long httpNanos(String value) {
        long millis = number(value, value.length(), MAX_HTTP_DIGITS);
        return millis < 0 ? UNREADABLE : millis * 1_000_000;
    }

    /** {@return nanoseconds in a value such as {@code 250m}, {@link Long#MAX_VALUE} for centuries, or {@link #UNREADABLE}} */
    static long grpcNanos(String value) {
        int digits = value.length() - 1;
        long amount = number(value, digits, MAX_GRPC_DIGITS);
        if (amount < 0) {
            return UNREADABLE;
        }
        long unitNanos = switch (value.charAt(digits)) {
            case 'n' -> 1L;
            case 'u' -> 1_000L;
            case 'm' -> 1_000_000L;
            case 'S' -> 1_000_000_000L;
            case 'M' -> 60_000_000_000L;
            case 'H' -> 3_600_000_000_000L;
            default -> 0L;
        };
        if (unitNanos == 0) {
            return UNREADABLE;
        }
        return amount > FOREVER_NANOS / unitNanos ? Long.MAX_VALUE : amount * unitNanos;
    }

    private static long number(String value, int length, int maxDigits) {
        if (length < 1 || length > maxDigits) {
            return UNREADABLE;
        }
        long number = 0;
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c < '0' || c > '9') {
                return UNREADABLE;
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }
}
