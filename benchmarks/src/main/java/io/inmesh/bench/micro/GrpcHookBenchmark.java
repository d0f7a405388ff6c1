package io.inmesh.bench.micro;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.inmesh.Mesh;
import io.inmesh.bench.Echo;
import io.inmesh.config.LoadBalancer;
import io.inmesh.grpc.MeshGrpc;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A whole unary call on a channel whose interceptor answers by itself, as soon as the request is complete. What {@link #meshed} costs beyond
 * {@link #bare} is the hook: the mesh's call around the channel's call, the decision and the accounting.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GrpcHookBenchmark {

    private static final int ENDPOINTS = 100;
    private static final MethodDescriptor<byte[], byte[]> METHOD = Echo.METHOD;
    private static final byte[] MESSAGE = new byte[16];

    private final Mesh mesh = Mesh.builder().build();
    private final ManagedChannel inner =
            NettyChannelBuilder.forAddress("localhost", 1).usePlaintext().build();
    private Channel bare = inner;
    private ManagedChannel meshed = inner;

    /** Builds both channels. */
    @Setup
    public void open() {
        mesh.apply(Scenes.endpoints(ENDPOINTS, LoadBalancer.LEAST_REQUEST));
        ClientInterceptor answering = new Answering();
        bare = ClientInterceptors.intercept(inner, answering);
        meshed = MeshGrpc.channel(Scenes.AUTHORITY, mesh, builder -> builder.intercept(answering));
    }

    /** Releases everything. */
    @TearDown
    public void close() {
        meshed.shutdownNow();
        inner.shutdownNow();
        mesh.close();
    }

    /** Measures a call without the mesh. */
    @Benchmark
    public int bare() {
        return call(bare);
    }

    /** Measures a call through the mesh. */
    @Benchmark
    public int meshed() {
        return call(meshed);
    }

    private static int call(Channel channel) {
        ClientCall<byte[], byte[]> call = channel.newCall(METHOD, CallOptions.DEFAULT);
        Ears ears = new Ears();
        call.start(ears, new Metadata());
        call.request(2);
        call.sendMessage(MESSAGE);
        call.halfClose();
        if (!ears.closedWell) {
            throw new IllegalStateException("the call did not end");
        }
        return ears.received;
    }

    /** What an application hears. */
    private static final class Ears extends ClientCall.Listener<byte[]> {
        private int received;
        private boolean closedWell;

        @Override
        public void onMessage(byte[] message) {
            received += message.length;
        }

        @Override
        public void onClose(io.grpc.Status status, Metadata trailers) {
            closedWell = status.isOk();
        }
    }

    /** Takes the place of every transport. */
    private static final class Answering implements ClientInterceptor {
        @Override
        public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
                MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
            Deadline deadline = options.getDeadline();
            if (deadline != null && deadline.isExpired()) {
                throw new IllegalStateException("no call of this benchmark has a deadline that soon");
            }
            return new StubCall<>(options);
        }
    }
}
