package io.inmesh.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.inmesh.Mesh;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A channel to a name: through the mesh while the mesh knows the name, else as gRPC itself would. */
final class MeshChannel extends ManagedChannel {

    private static final Logger LOG = LoggerFactory.getLogger(MeshChannel.class);

    private final Mesh mesh;
    private final Authority authority;
    private final UnaryOperator<NettyChannelBuilder> customizer;
    private final EndpointChannels channels;
    private final AutoCloseable onMeshClosed;
    private final LoadProber prober;
    private final MethodPaths paths = new MethodPaths();
    private final Set<MirrorCall<?, ?>> mirrors = ConcurrentHashMap.newKeySet();
    private volatile @Nullable ManagedChannel direct;
    private volatile boolean shutdown;

    MeshChannel(Mesh mesh, Authority authority, UnaryOperator<NettyChannelBuilder> customizer) {
        this.mesh = mesh;
        this.authority = authority;
        this.customizer = customizer;
        this.channels = new EndpointChannels(mesh, authority, customizer);
        this.onMeshClosed = mesh.onClose(() -> mirrors.forEach(MirrorCall::cancel));
        this.prober = new LoadProber(channels);
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(MethodDescriptor<ReqT, RespT> method, CallOptions options) {
        return new MeshClientCall<>(this, method, options);
    }

    Mesh mesh() {
        return mesh;
    }

    Authority target() {
        return authority;
    }

    String pathOf(MethodDescriptor<?, ?> method) {
        return paths.of(method);
    }

    /** {@return copies of calls under way} */
    Set<MirrorCall<?, ?>> mirrors() {
        return mirrors;
    }

    LoadProber prober() {
        return prober;
    }

    EndpointChannels channels() {
        return channels;
    }

    /** {@return the channel for a name that is none of the mesh's business} */
    ManagedChannel direct() {
        ManagedChannel existing = direct;
        if (existing != null) {
            return existing;
        }
        ManagedChannel fresh = customizer
                .apply(NettyChannelBuilder.forTarget(authority.text()))
                .usePlaintext()
                .build();
        synchronized (this) {
            existing = direct;
            if (existing == null) {
                direct = fresh;
                if (shutdown) {
                    fresh.shutdown();
                }
                return fresh;
            }
        }
        fresh.shutdownNow();
        return existing;
    }

    @Override
    public String authority() {
        return authority.text();
    }

    @Override
    public ManagedChannel shutdown() {
        return shutdown(false);
    }

    @Override
    public ManagedChannel shutdownNow() {
        return shutdown(true);
    }

    private ManagedChannel shutdown(boolean now) {
        ManagedChannel existing;
        synchronized (this) {
            shutdown = true;
            existing = direct;
        }
        channels.shutdown(now);
        try {
            onMeshClosed.close();
        } catch (Exception e) {
            LOG.warn("a listener of {} could not be taken away", authority.text(), e);
        }
        if (now) {
            mirrors.forEach(MirrorCall::cancel);
        }
        if (existing != null) {
            if (now) {
                existing.shutdownNow();
            } else {
                existing.shutdown();
            }
        }
        return this;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        ManagedChannel existing = direct;
        return shutdown && channels.isTerminated() && (existing == null || existing.isTerminated());
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + unit.toNanos(timeout);
        ManagedChannel existing = direct;
        return channels.awaitTermination(deadlineNanos)
                && (existing == null
                        || existing.awaitTermination(
                                Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS))
                && isTerminated();
    }
}
