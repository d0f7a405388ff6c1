package io.inmesh.server.ads;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.ca.DenyGate;
import io.inmesh.server.limit.Guard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** One gRPC listener with the limits that all of them have. */
public final class XdsServer implements AutoCloseable {
    private static final int KEEPALIVE_SECONDS = 30;
    private static final int KEEPALIVE_TIMEOUT_SECONDS = 10;
    private static final int SHORTEST_CLIENT_KEEPALIVE_SECONDS = 10;
    private static final int SHUTDOWN_SECONDS = 1;

    private final Server server;
    private final HealthStatusManager health;
    private final Guard guard;

    private XdsServer(Server server, HealthStatusManager health, Guard guard) {
        this.server = server;
        this.health = health;
        this.guard = guard;
    }

    /**
     * Listens with TLS 1.3. Clients may show a certificate, which then has to be good; services decide who needs one.
     *
     * @param address where to listen; port 0 chooses a free one
     * @param key the server's certificate
     * @param trust which client certificates are good
     * @param gate refuses calls on connections whose certificate is no longer good
     * @param guard puts the limits on it; closed with it
     * @param executor runs calls
     * @throws IOException if the address cannot be listened on
     */
    public static XdsServer tls(
            InetSocketAddress address,
            X509ExtendedKeyManager key,
            X509ExtendedTrustManager trust,
            DenyGate gate,
            Guard guard,
            Executor executor,
            List<BindableService> services)
            throws IOException {
        return start(
                address,
                NettyServerBuilder.forAddress(address).sslContext(sslContext(key, trust)),
                guard,
                executor,
                services.stream()
                        .map(s -> ServerInterceptors.intercept(s, gate))
                        .toList());
    }

    /**
     * Listens without TLS, for clients on this machine that cannot do the mesh's TLS.
     *
     * @param port 0 chooses a free one
     * @param guard puts the limits on it; closed with it
     * @throws IOException if the port cannot be listened on
     */
    public static XdsServer plaintextOnLoopback(
            int port, Guard guard, Executor executor, List<BindableService> services) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return start(
                address,
                NettyServerBuilder.forAddress(address),
                guard,
                executor,
                services.stream().map(BindableService::bindService).toList());
    }

    /** The port listened on. */
    public int port() {
        return server.getPort();
    }

    /** Takes no new connections, and tells clients to make no new calls on those there are. What is under way goes on. */
    public void leave() {
        health.enterTerminalState();
        server.shutdown();
    }

    /** Reports not serving to health checks, lets short calls end, then ends all: discovery streams would go on for ever. */
    @Override
    public void close() {
        if (server.isTerminated()) {
            return;
        }
        leave();
        try {
            if (!server.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        } finally {
            guard.close();
        }
    }

    private static XdsServer start(
            InetSocketAddress address,
            NettyServerBuilder builder,
            Guard guard,
            Executor executor,
            List<ServerServiceDefinition> services)
            throws IOException {
        HealthStatusManager health = new HealthStatusManager();
        guard.apply(builder);
        builder.executor(executor)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveTime(SHORTEST_CLIENT_KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(guarded(health.getHealthService().bindService(), guard));
        services.forEach(service -> builder.addService(guarded(service, guard)));
        try {
            return new XdsServer(builder.build().start(), health, guard);
        } catch (IOException e) {
            guard.close();
            throw new IOException("xDS cannot be served on " + address + ", choose another port: " + e.getMessage(), e);
        }
    }

    /** The last one named is the first to see a call: limits depend on who calls. */
    private static ServerServiceDefinition guarded(ServerServiceDefinition service, Guard guard) {
        return MessageCheck.on(ServerInterceptors.intercept(service, guard.calls(), Caller.interceptor()));
    }

    private static SslContext sslContext(X509ExtendedKeyManager key, X509ExtendedTrustManager trust)
            throws SSLException {
        return GrpcSslContexts.configure(SslContextBuilder.forServer(key))
                .protocols("TLSv1.3")
                .clientAuth(ClientAuth.OPTIONAL)
                .trustManager(trust)
                .build();
    }
}
