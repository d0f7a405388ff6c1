package io.inmesh.inbound;

import io.inmesh.call.Call;
import io.inmesh.call.CallContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads which try of its caller a request is. The number is advice about load, so what cannot be read counts as a first try.
 *
 * <p>Source: Envoy {@code x-envoy-attempt-count} (1 and up, for HTTP and gRPC alike); gRFC A6 {@code grpc-previous-rpc-attempts} (0 and up).
 */
final class CallerAttempt {

    /** More digits than any chain of retries has. */
    private static final int MAX_DIGITS = 4;

    private CallerAttempt() {}

    /** {@return the number of the try, at least 1} */
    static int of(Call call) {
        int counted = number(call.header(CallContext.ATTEMPT_HEADER));
        if (call.protocol() != Call.Protocol.GRPC) {
            return Math.max(1, counted);
        }
        return Math.max(1, Math.max(counted, number(call.header(CallContext.GRPC_ATTEMPTS_HEADER)) + 1));
    }

    private static int number(@Nullable String value) {
        if (value == null || value.isEmpty() || value.length() > MAX_DIGITS) {
            return 0;
        }
        int number = 0;
        for (int i = 0; i < value.length(); i++) {
            char digit = value.charAt(i);
            if (digit < '0' || digit > '9') {
                return 0;
            }
            number = number * 10 + (digit - '0');
        }
        return number;
    }
}
