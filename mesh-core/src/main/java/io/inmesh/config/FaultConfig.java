package io.inmesh.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Faults injected on the client side; delay and abort are drawn independently.
 *
 * <p>Source: Istio {@code HTTPFaultInjection}, Envoy {@code HTTPFault}.
 *
 * @param delay waits before the call goes on, null for none
 * @param abort answers instead of calling, null for none
 */
public record FaultConfig(@Nullable Delay delay, @Nullable Abort abort) {

    /**
     * A fixed wait.
     *
     * @param duration how long
     * @param millionths share of calls, in parts of a million
     */
    public record Delay(Duration duration, int millionths) {}

    /**
     * An answer made up here.
     *
     * @param httpStatus HTTP status, or -1 when {@code grpcStatus} is given
     * @param grpcStatus gRPC status code, or -1 when {@code httpStatus} is given
     * @param millionths share of calls, in parts of a million
     */
    public record Abort(int httpStatus, int grpcStatus, int millionths) {}
}
