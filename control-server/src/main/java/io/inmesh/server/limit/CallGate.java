package io.inmesh.server.limit;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.time.Timer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds what callers ask for. Those who show no certificate may ask for their first one and for the server's health, a few at once and
 * for a short time; nobody may ask for certificates without measure. To be asked after {@link Caller#interceptor}.
 */
final class CallGate implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(CallGate.class);
    private static final String CERTIFICATE_METHOD = "istio.v1.auth.IstioCertificateService/CreateCertificate";
    private static final String HEALTH_METHOD = "grpc.health.v1.Health/Check";

    private final Limits limits;
    private final Timer timer;
    private final Connections connections;
    private final boolean certificates;
    private final Semaphore withoutCertificate;
    private final TokenBuckets byIdentity;
    private final TokenBuckets byAddress;

    /**
     * @param certificates whether the listener asks for certificates; if not, nobody can show one
     */
    CallGate(Limits limits, Timer timer, Connections connections, boolean certificates) {
        this.limits = limits;
        this.timer = timer;
        this.connections = connections;
        this.certificates = certificates;
        this.withoutCertificate = new Semaphore(limits.callsWithoutCertificate());
        this.byIdentity = new TokenBuckets(limits.certificatesPerIdentity(), timer);
        this.byAddress = new TokenBuckets(limits.certificatesPerAddress(), timer);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Caller caller = Caller.current();
        SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        String method = call.getMethodDescriptor().getFullMethodName();
        if (method.equals(CERTIFICATE_METHOD) && !mayAskForCertificate(caller, remote)) {
            return refuse(
                    call, caller, Status.RESOURCE_EXHAUSTED, "too many requests for certificates; try again later");
        }
        Context context = HangUp.in(Context.current(), () -> {
            if (remote != null) {
                connections.close(remote);
            }
        });
        if (!certificates || caller.identity().isPresent()) {
            return Contexts.interceptCall(context, call, headers, next);
        }
        if (!method.equals(CERTIFICATE_METHOD) && !method.equals(HEALTH_METHOD)) {
            return refuse(
                    call,
                    caller,
                    Status.UNAUTHENTICATED,
                    "a client certificate of this mesh is needed; a join token gives the first one");
        }
        if (!withoutCertificate.tryAcquire()) {
            return refuse(
                    call, caller, Status.RESOURCE_EXHAUSTED, "too many callers without certificate; try again later");
        }
        Short<Q, A> brief = new Short<>(call);
        return brief.begin(Contexts.interceptCall(context, brief, headers, next));
    }

    private boolean mayAskForCertificate(Caller caller, SocketAddress remote) {
        return caller.identity()
                .map(identity -> byIdentity.take(identity.uri()))
                .orElseGet(() -> byAddress.take(remote instanceof InetSocketAddress inet ? inet.getAddress() : ""));
    }

    private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Caller caller, Status status, String why) {
        LOG.debug("refused {} to {}: {}", call.getMethodDescriptor().getFullMethodName(), caller, why);
        call.close(status.withDescription(why), new Metadata());
        return new ServerCall.Listener<>() {};
    }

    /** A call that must end soon. However it ends, its place is given back once. */
    private final class Short<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final AtomicBoolean ended = new AtomicBoolean();
        private final Timer.Cancellable end;

        Short(ServerCall<Q, A> call) {
            super(call);
            this.end = timer.schedule(limits.callWithoutCertificate(), this::expire);
        }

        ServerCall.Listener<Q> begin(ServerCall.Listener<Q> listener) {
            return new SimpleForwardingServerCallListener<>(listener) {
                @Override
                public void onCancel() {
                    leave();
                    super.onCancel();
                }

                @Override
                public void onComplete() {
                    leave();
                    super.onComplete();
                }
            };
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (leave()) {
                super.close(status, trailers);
            }
        }

        private void expire() {
            try {
                close(Status.DEADLINE_EXCEEDED.withDescription("the request did not come in time"), new Metadata());
            } catch (IllegalStateException gone) {
                LOG.debug("a call that took too long had ended", gone);
            }
        }

        private boolean leave() {
            if (!ended.compareAndSet(false, true)) {
                return false;
            }
            end.cancel();
            withoutCertificate.release();
            return true;
        }
    }
}
