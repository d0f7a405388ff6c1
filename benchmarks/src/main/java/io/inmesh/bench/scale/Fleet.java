package io.inmesh.bench.scale;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.inmesh.client.identity.SigningRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Many processes' discovery in this one. Each has a TLS connection of its own, made in full; only threads are shared. They live in all
 * namespaces but the one that everybody sees, as many in each.
 */
final class Fleet implements AutoCloseable {

    /** The service account of all of them. */
    static final String ACCOUNT = "app";

    private static final int THREADS = 2;
    private static final int HANDSHAKES_AT_ONCE = 50;
    private static final long LOOK_MILLIS = 20;
    private static final long PATIENCE_NANOS = 900_000_000_000L;

    private final Server server;
    private final Traffic traffic = new Traffic();
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(THREADS, NioIoHandler.newFactory());
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Random random = new Random(7);
    private final Map<String, String> texts = new ConcurrentHashMap<>();
    private final Map<Integer, SslContext> credentials = new ConcurrentHashMap<>();
    private final List<Member> members = new ArrayList<>();
    private final List<Member> others = new CopyOnWriteArrayList<>();
    private volatile @Nullable Watch watch;

    Fleet(Server server) {
        // Processes share a context here, but each of them makes its handshake in full.
        System.setProperty("io.grpc.netty.shaded.io.netty.handler.ssl.openssl.sessionCacheClient", "false");
        this.server = server;
    }

    /** Lets processes come until there are so many, and waits until all have everything. */
    void grow(int count) throws InterruptedException {
        while (members.size() < count) {
            int more = Math.min(HANDSHAKES_AT_ONCE, count - members.size());
            for (int i = 0; i < more; i++) {
                Member member = new Member(this, 1 + members.size() % (Town.NAMESPACES - 1), members.size());
                members.add(member);
                member.open();
            }
            awaitCurrent();
        }
    }

    /** {@return one more process, which is not counted among the others} */
    Member another(int namespace) throws InterruptedException {
        Member member = new Member(this, namespace, 1_000_000 + namespace);
        others.add(member);
        member.open();
        while (!member.current()) {
            Thread.sleep(LOOK_MILLIS);
        }
        return member;
    }

    /** Waits until everybody has everything. */
    void awaitCurrent() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        for (Member member : members) {
            while (!member.current()) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("not every process got its resources");
                }
                Thread.sleep(LOOK_MILLIS);
            }
        }
    }

    /** {@return how many there are} */
    int size() {
        return members.size();
    }

    /** {@return how many have a resource} */
    int having(String typeUrl, String name) {
        return (int)
                members.stream().filter(member -> member.has(typeUrl, name)).count();
    }

    /** Looks out for a change from now on. */
    void lookFor(@Nullable Watch next) {
        watch = next;
    }

    /** {@return what is looked out for by a process; null if nothing, or if it is not counted} */
    @Nullable
    Watch watch(Member member) {
        return others.contains(member) ? null : watch;
    }

    Traffic traffic() {
        return traffic;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    Random random() {
        return random;
    }

    /** {@return the one copy of a text} */
    String shared(String text) {
        String known = texts.putIfAbsent(text, text);
        return known == null ? text : known;
    }

    /** {@return a new connection with the certificate of a namespace} */
    ManagedChannel connection(int namespace) {
        return NettyChannelBuilder.forAddress("localhost", server.meshPort())
                .eventLoopGroup(loops)
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .maxInboundMessageSize(64 << 20)
                .intercept(new Counted())
                .sslContext(credentials.computeIfAbsent(namespace, this::certificate))
                .build();
    }

    private final class Counted implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return next.newCall(method, options.withStreamTracerFactory(traffic));
        }
    }

    private SslContext certificate(int namespace) {
        try {
            SigningRequest request = SigningRequest.create();
            JsonNode issued = server.certificate(Town.namespace(namespace), ACCOUNT, request.pem());
            String key = "-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder()
                            .encodeToString(request.keys().getPrivate().getEncoded())
                    + "\n-----END PRIVATE KEY-----\n";
            return GrpcSslContexts.forClient()
                    .trustManager(stream(issued.path("root").asText()))
                    .keyManager(stream(issued.path("chain").asText()), stream(key))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        others.forEach(Member::close);
        members.forEach(Member::close);
        timer.shutdownNow();
        loops.shutdownGracefully();
    }
}
