package io.inmesh.server.limit;

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one listener. Those beyond the limits are closed before a byte of them is read, so that they cost neither a
 * handshake nor memory; any can be closed later, with all that still waits to be read by it. Safe for use by several threads.
 */
final class Connections implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private final Limits limits;
    private final AtomicInteger all = new AtomicInteger();
    private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
    private final Map<SocketAddress, Channel> open = new ConcurrentHashMap<>();
    private final EventLoopGroup accepting = group("inmesh-accept", 1);
    private final EventLoopGroup serving =
            group("inmesh-connections", Math.max(2, Runtime.getRuntime().availableProcessors()));

    Connections(Limits limits) {
        this.limits = limits;
    }

    private static EventLoopGroup group(String name, int threads) {
        return new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
    }

    /** Has a server accept its connections through this. */
    void guard(NettyServerBuilder builder) {
        builder.channelFactory(GuardedListener::new)
                .bossEventLoopGroup(accepting)
                .workerEventLoopGroup(serving);
    }

    /** Closes the connection from an address at once, if there is one. */
    void close(SocketAddress remote) {
        Channel channel = open.get(remote);
        if (channel != null) {
            // Past the HTTP/2 handler, which would wait until all that is unread has been read.
            channel.eventLoop().execute(() -> channel.unsafe().close(channel.newPromise()));
        }
    }

    private boolean admit(Channel channel) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            // It was gone before it was looked at.
            return false;
        }
        InetAddress address = remote.getAddress();
        if (all.incrementAndGet() > limits.connections()) {
            all.decrementAndGet();
            LOG.warn("refused a connection from {}: {} connections are open", address, limits.connections());
            return false;
        }
        if (byAddress.merge(address, 1, Integer::sum) > limits.connectionsPerAddress()) {
            left(address);
            LOG.warn("refused a connection from {}: it has {} open", address, limits.connectionsPerAddress());
            return false;
        }
        open.put(remote, channel);
        channel.closeFuture().addListener(closed -> {
            open.remove(remote, channel);
            left(address);
        });
        return true;
    }

    private void left(InetAddress address) {
        all.decrementAndGet();
        byAddress.computeIfPresent(address, Connections::oneLess);
    }

    private static @Nullable Integer oneLess(InetAddress address, int count) {
        return count == 1 ? null : count - 1;
    }

    /** Ends the threads; to be called when the server has ended. */
    @Override
    public void close() {
        accepting.shutdownGracefully();
        serving.shutdownGracefully();
    }

    private final class GuardedListener extends NioServerSocketChannel {
        @Override
        protected int doReadMessages(List<Object> accepted) throws Exception {
            int count = super.doReadMessages(accepted);
            if (count > 0 && accepted.get(accepted.size() - 1) instanceof Channel channel && !admit(channel)) {
                accepted.remove(accepted.size() - 1);
                // Not registered with a loop yet, so the socket is closed the hard way.
                channel.unsafe().closeForcibly();
            }
            return count;
        }
    }
}
