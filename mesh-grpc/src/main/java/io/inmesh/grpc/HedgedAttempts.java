package io.inmesh.grpc;

import io.grpc.ClientCall;
import io.inmesh.call.Attempt;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call that may be under way at the same time. Each holds back what it hears until it is known whose answer is the
 * call's. Guarded by the lock of the call.
 */
final class HedgedAttempts<ReqT, RespT> {

    private final List<Sent<ReqT, RespT>> sent = new ArrayList<>(2);

    /** An attempt, what carries it, and what hears it. */
    private record Sent<ReqT, RespT>(Attempt attempt, ClientCall<ReqT, RespT> call, AttemptListener<RespT> listener) {}

    void add(Attempt attempt, ClientCall<ReqT, RespT> call, AttemptListener<RespT> listener) {
        sent.add(new Sent<>(attempt, call, listener));
    }

    /** {@return what heard an attempt; null if it is none of these} */
    @Nullable
    AttemptListener<RespT> listenerOf(@Nullable Attempt attempt) {
        for (Sent<ReqT, RespT> each : sent) {
            if (each.attempt() == attempt) {
                return each.listener();
            }
        }
        return null;
    }

    /** Cancels every attempt still under way, which HTTP/2 tells its server by resetting the stream. */
    void cancelOthers(@Nullable Attempt winner) {
        for (Sent<ReqT, RespT> each : sent) {
            if (each.attempt() != winner && each.listener().endStatus() == null) {
                each.call().cancel("another attempt answered first", null);
            }
        }
    }
}
