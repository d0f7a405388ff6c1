package io.inmesh.server.peer;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.ca.ServerCertificate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits calls of control servers of this mesh and of nobody else: those whose certificate, which TLS has verified, has the SPIFFE id that no
 * workload is given one for.
 */
final class PeerGate implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(PeerGate.class);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Caller caller = Caller.current();
        if (caller.identity().filter(ServerCertificate::isOf).isPresent()) {
            return next.startCall(call, headers);
        }
        LOG.warn(
                "refused {} to {}: it is no control server",
                call.getMethodDescriptor().getFullMethodName(),
                caller);
        call.close(
                Status.PERMISSION_DENIED.withDescription("this is for control servers of the mesh only"),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
