package io.inmesh.server.ca;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses calls of those on the deny list whose connection was made before they were put there, and ends their streams with their next
 * message. New connections are refused by {@link ClientTrust}.
 */
public final class DenyGate implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(DenyGate.class);
    private static final Status REFUSED = Status.UNAUTHENTICATED.withDescription("not accepted");

    private final Supplier<DenyList.Denied> denied;

    /** Refuses those that {@code denied} names at the moment of the call. */
    public DenyGate(Supplier<DenyList.Denied> denied) {
        this.denied = denied;
    }

    /** {@return whether a caller is on the list now} */
    public boolean denies(Caller caller) {
        return refusal(caller).isPresent();
    }

    /** {@return how a stream of a denied caller ends; it says no more than that} */
    public static Status status() {
        return REFUSED;
    }

    private Optional<String> refusal(Caller caller) {
        return caller.identity()
                .map(identity ->
                        denied.get().refusal(identity.uri(), caller.serial().orElseThrow()));
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Caller caller = Caller.current();
        if (refuse(call, caller)) {
            return new ServerCall.Listener<>() {};
        }
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            private boolean refused;

            @Override
            public void onMessage(Q message) {
                refused = refused || refuse(call, caller);
                if (!refused) {
                    super.onMessage(message);
                }
            }
        };
    }

    private boolean refuse(ServerCall<?, ?> call, Caller caller) {
        Optional<String> refusal = refusal(caller);
        if (refusal.isEmpty()) {
            return false;
        }
        LOG.warn("refused {}: {}", caller, refusal.get());
        try {
            call.close(REFUSED, new Metadata());
        } catch (IllegalStateException alreadyClosed) {
            LOG.debug("the call of {} had ended", caller, alreadyClosed);
        }
        return true;
    }
}
