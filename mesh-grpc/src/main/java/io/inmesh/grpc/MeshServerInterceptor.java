package io.inmesh.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.inmesh.Mesh;
import io.inmesh.call.Outcome;
import io.inmesh.call.RequestEdits;
import io.inmesh.identity.IdentityHeaders;
import io.inmesh.identity.SpiffeId;
import io.inmesh.inbound.Admission;
import io.inmesh.load.ServerLoad;
import io.inmesh.observe.InboundObserver;
import io.inmesh.token.VerifiedToken;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the mesh about every call that comes in, and tells it the end exactly once: close, cancellation or a handler that throws. */
final class MeshServerInterceptor implements ServerInterceptor {

    private static final Logger LOG = LoggerFactory.getLogger(MeshServerInterceptor.class);

    private final Mesh mesh;
    private final MethodPaths paths = new MethodPaths();

    MeshServerInterceptor(Mesh mesh) {
        this.mesh = mesh;
    }

    @Override
    public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
            ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
        GrpcInboundCall inbound =
                new GrpcInboundCall(call, headers, paths.of(call.getMethodDescriptor()), mesh.identity());
        if (mesh.answerProbe(inbound) != null) {
            // Nothing of the application: the load service answers, and neither is counted.
            return next.startCall(call, headers);
        }
        Admission admission = mesh.inbound(inbound);
        return admission.pending()
                ? new HeldCall<>(call, admission, () -> go(call, headers, next, inbound, admission)).listener()
                : go(call, headers, next, inbound, admission);
    }

    private static <ReqT, RespT> ServerCall.Listener<ReqT> go(
            ServerCall<ReqT, RespT> call,
            Metadata headers,
            ServerCallHandler<ReqT, RespT> next,
            GrpcInboundCall inbound,
            Admission admission) {
        if (!admission.admitted()) {
            Outcome refusal = admission.rejection();
            LOG.debug("refused: {}", refusal);
            call.close(GrpcOutcomes.refusalOf(refusal), GrpcOutcomes.trailersOf(refusal));
            return new ServerCall.Listener<>() {};
        }
        SpiffeId peer = inbound.peer();
        Context context = Context.current().withValue(GrpcCall.CONTEXT, admission.context());
        if (peer != null) {
            context = context.withValue(MeshGrpc.PEER, peer);
        }
        VerifiedToken token = admission.token();
        if (token != null) {
            context = context.withValue(MeshGrpc.TOKEN, token);
        }
        try (InboundObserver.Scope ignored = admission.enter()) {
            hideIdentityHeaders(headers);
            edit(headers, admission.edits());
            ServerCall.Listener<ReqT> listener =
                    Contexts.interceptCall(context, new Settling<>(call, admission), headers, next);
            return new Hearing<>(listener, admission);
        } catch (RuntimeException | Error failure) {
            admission.settle(Outcome.Response.grpc(Status.Code.UNKNOWN.value()));
            throw failure;
        }
    }

    /** Has the application see what the mesh wants it to. A method has no query, and gRPC does not parse cookies. */
    private static void edit(Metadata headers, RequestEdits edits) {
        if (edits != RequestEdits.NONE) {
            MetadataSink sink = new MetadataSink(headers);
            edits.hiddenHeaders().forEach(sink::remove);
            edits.setHeaders().forEach(header -> sink.set(header.getKey(), header.getValue()));
        }
    }

    private static void hideIdentityHeaders(Metadata headers) {
        List<String> hidden = new ArrayList<>(0);
        for (String name : headers.keys()) {
            if (IdentityHeaders.hides(name)) {
                hidden.add(name);
            }
        }
        hidden.forEach(new MetadataSink(headers)::remove);
    }

    /** Settles when the handler closes the call. */
    private static final class Settling<ReqT, RespT> extends SimpleForwardingServerCall<ReqT, RespT> {
        private final Admission admission;
        private boolean headersSent;

        Settling(ServerCall<ReqT, RespT> delegate, Admission admission) {
            super(delegate);
            this.admission = admission;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            headersSent = true;
            addAnswerHeaders(headers);
            super.sendHeaders(headers);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!headersSent) {
                // An answer without messages has trailers only.
                addAnswerHeaders(trailers);
            }
            admission.settle(Outcome.Response.grpc(status.getCode().value()));
            ServerLoad load = admission.loadReport();
            if (load != null) {
                trailers.put(OrcaBytes.KEY, OrcaBytes.write(load));
            }
            super.close(status, trailers);
        }

        private void addAnswerHeaders(Metadata metadata) {
            MetadataSink sink = new MetadataSink(metadata);
            admission.answerHeaders().forEach(header -> sink.add(header.getKey(), header.getValue()));
        }
    }

    /** Settles when the client goes away or the handler's listener throws. */
    private static final class Hearing<ReqT> extends SimpleForwardingServerCallListener<ReqT> {
        private final Admission admission;

        Hearing(ServerCall.Listener<ReqT> delegate, Admission admission) {
            super(delegate);
            this.admission = admission;
        }

        @Override
        public void onCancel() {
            admission.settle(Outcome.Cancelled.INSTANCE);
            super.onCancel();
        }

        @Override
        public void onMessage(ReqT message) {
            guarded(() -> super.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            guarded(super::onHalfClose);
        }

        @Override
        public void onReady() {
            guarded(super::onReady);
        }

        private void guarded(Runnable body) {
            try (InboundObserver.Scope ignored = admission.enter()) {
                body.run();
            } catch (RuntimeException | Error failure) {
                admission.settle(Outcome.Response.grpc(Status.Code.UNKNOWN.value()));
                throw failure;
            }
        }
    }
}
