package io.inmesh.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.inmesh.Mesh;
import io.inmesh.check.CheckResult;
import io.inmesh.check.CheckTask;
import io.inmesh.check.Checker;
import io.inmesh.config.HealthCheckConfig.Grpc;
import io.inmesh.config.HealthCheckConfig.Protocol;
import io.inmesh.time.Scheduler.Cancellable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;

/**
 * Asks endpoints by {@code grpc.health.v1.Health/Check}, over connections of its own that are secured as those of calls.
 *
 * <p>Source: the gRPC health checking protocol. Runs on gRPC's own threads, which are daemons.
 */
final class GrpcChecker implements Checker {

    private static final MethodDescriptor<String, HealthMessages.Status> CHECK =
            MethodDescriptor.<String, HealthMessages.Status>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("grpc.health.v1.Health/Check")
                    .setRequestMarshaller(HealthMessages.REQUEST)
                    .setResponseMarshaller(HealthMessages.RESPONSE)
                    .build();

    private final Mesh mesh;
    /** By authority; there are as many as services whose endpoints are checked. */
    private final ConcurrentHashMap<String, EndpointChannels> channels = new ConcurrentHashMap<>();

    GrpcChecker(Mesh mesh) {
        this.mesh = mesh;
    }

    @Override
    public boolean handles(Protocol protocol) {
        return protocol instanceof Grpc;
    }

    @Override
    public Cancellable start(CheckTask task, Consumer<CheckResult> done) {
        Grpc protocol = (Grpc) task.protocol();
        String authority = protocol.authority().isEmpty() ? task.service() : protocol.authority();
        EndpointChannels known = channels.computeIfAbsent(
                authority, name -> new EndpointChannels(mesh, Authority.parse(name), UnaryOperator.identity()));
        ManagedChannel channel;
        try {
            channel = known.of(task.endpoint(), task.security(), task.timeoutNanos());
        } catch (SSLException e) {
            done.accept(CheckResult.failed("no connection: " + e.getMessage()));
            return () -> {};
        }
        ClientCall<String, HealthMessages.Status> call = channel.newCall(
                CHECK, CallOptions.DEFAULT.withDeadlineAfter(task.timeoutNanos(), TimeUnit.NANOSECONDS));
        call.start(new Answer(done), new Metadata());
        call.sendMessage(protocol.service());
        call.halfClose();
        call.request(1);
        return () -> call.cancel("not waited for any longer", null);
    }

    @Override
    public void close() {
        channels.values().forEach(each -> each.shutdown(true));
    }

    /** Waits for the end of the call, since only then it is known to have gone well. */
    private static final class Answer extends ClientCall.Listener<HealthMessages.Status> {

        private final Consumer<CheckResult> done;
        private HealthMessages.Status answered = HealthMessages.Status.UNKNOWN;

        Answer(Consumer<CheckResult> done) {
            this.done = done;
        }

        @Override
        public void onMessage(HealthMessages.Status message) {
            answered = message;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (!status.isOk()) {
                done.accept(CheckResult.failed("gRPC " + status.getCode() + why(status)));
            } else if (answered == HealthMessages.Status.SERVING) {
                done.accept(CheckResult.PASSED);
            } else {
                done.accept(CheckResult.failed("it says " + answered));
            }
        }

        /** gRPC calls every failure to connect an "io exception", and describes its own pipeline; the reason is the innermost cause. */
        private static String why(Status status) {
            Throwable cause = status.getCause();
            while (cause != null && cause.getCause() != null) {
                cause = cause.getCause();
            }
            String text = cause == null ? status.getDescription() : cause.getMessage();
            return text == null ? "" : ": " + text.lines().findFirst().orElse("");
        }
    }
}
