package io.inmesh.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.inmesh.Mesh;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.external.ExternalAnswer;
import io.inmesh.external.ExternalAnswer.Failed;
import io.inmesh.external.ExternalAuthorizer;
import io.inmesh.external.ExternalCheck;
import io.inmesh.time.Scheduler.Cancellable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks by {@code envoy.service.auth.v3.Authorization/Check}. The question is a call through the mesh: balanced, secured and observed. */
final class GrpcAuthorizer implements ExternalAuthorizer {

    static final MethodDescriptor<ExternalCheck, ExternalAnswer> CHECK =
            MethodDescriptor.<ExternalCheck, ExternalAnswer>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("envoy.service.auth.v3.Authorization/Check")
                    .setRequestMarshaller(CheckMessages.REQUEST)
                    .setResponseMarshaller(CheckMessages.RESPONSE)
                    .build();

    private final Mesh mesh;
    /** By authority; there are as many as services that were ever configured to answer. */
    private final ConcurrentHashMap<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    GrpcAuthorizer(Mesh mesh) {
        this.mesh = mesh;
    }

    @Override
    public Cancellable ask(ExternalCheck check, Consumer<ExternalAnswer> answer) {
        ExternalAuthorizerConfig whom = check.authorizer();
        if (!mesh.knows(whom.host(), whom.port())) {
            // Anybody could answer on a connection that nobody vouches for.
            answer.accept(new Failed("the mesh does not know the service; is it visible to this process?"));
            return () -> {};
        }
        ManagedChannel channel = channels.computeIfAbsent(
                whom.host() + ":" + whom.port(), authority -> MeshGrpc.channel(authority, mesh));
        // Not part of the call that is checked: whoever waits for that one ends this one.
        Context before = Context.ROOT.attach();
        try {
            ClientCall<ExternalCheck, ExternalAnswer> call = channel.newCall(
                    CHECK, CallOptions.DEFAULT.withDeadlineAfter(whom.timeout().toNanos(), TimeUnit.NANOSECONDS));
            call.start(new Answer(answer), new Metadata());
            call.sendMessage(check);
            call.halfClose();
            call.request(2);
            return () -> call.cancel("not waited for any longer", null);
        } finally {
            Context.ROOT.detach(before);
        }
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }

    /** Waits for the end of the call, since only then it is known to have gone well. */
    private static final class Answer extends ClientCall.Listener<ExternalAnswer> {

        private final Consumer<ExternalAnswer> told;
        private @Nullable ExternalAnswer message;

        Answer(Consumer<ExternalAnswer> told) {
            this.told = told;
        }

        @Override
        public void onMessage(ExternalAnswer message) {
            this.message = message;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (!status.isOk()) {
                told.accept(new Failed("gRPC " + status.getCode()
                        + (status.getDescription() == null ? "" : ": " + status.getDescription())));
            } else {
                told.accept(message == null ? new Failed("it answered nothing") : message);
            }
        }
    }
}
