package io.inmesh.client;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SpiffeId;
import io.inmesh.identity.WorkloadIdentity;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.TestCa;
import io.inmesh.xds.discovery.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import io.inmesh.xds.discovery.DiscoveryRequest;
import io.inmesh.xds.discovery.DiscoveryResponse;
import io.inmesh.xds.load.LoadReportingServiceGrpc.LoadReportingServiceImplBase;
import io.inmesh.xds.load.LoadStatsRequest;
import io.inmesh.xds.load.LoadStatsResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A control plane on a real TLS socket that does what a test says, response by response. */
final class FakeControlPlane implements AutoCloseable {

    static final String TRUST_DOMAIN = "inmesh.local";
    static final SpiffeId SERVER = new SpiffeId(TRUST_DOMAIN, "/ns/inmesh-system/sa/control-server");

    private static final long PATIENCE_SECONDS = 60;
    private static final Context.Key<@Nullable X509Certificate> PEER = Context.key("peer");
    private static final Context.Key<String> CONNECTION = Context.key("connection");

    final TestCa ca;
    private final FakeClock clock;
    final FakeCertificates certificates;
    final BlockingQueue<FakeStream<LoadStatsRequest, LoadStatsResponse>> loadStreams = new LinkedBlockingQueue<>();
    volatile boolean incremental = true;
    /** Whether it speaks plaintext from the next {@link #start} on. */
    volatile boolean plaintext;
    /** Streams that it takes on each connection from the next {@link #start} on. */
    volatile int streams = Integer.MAX_VALUE;
    /** Who answers discovery from the next {@link #start} on. */
    volatile BindableService discovery = new Discovery();

    private final BlockingQueue<FakeStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse>> deltaStreams =
            new LinkedBlockingQueue<>();
    private final BlockingQueue<FakeStream<DiscoveryRequest, DiscoveryResponse>> sotwStreams =
            new LinkedBlockingQueue<>();
    private final List<FakeStream<?, ?>> open = new ArrayList<>();
    private final IdentityHolder holder;
    private @Nullable Server server;
    private int port;

    FakeControlPlane(FakeClock clock) {
        this(TestCa.root(TRUST_DOMAIN, java.time.Instant.ofEpochMilli(clock.epochMillis())), clock, SERVER);
    }

    FakeControlPlane(TestCa ca, FakeClock clock, SpiffeId serverId) {
        this.ca = ca;
        this.clock = clock;
        this.certificates = new FakeCertificates(ca, clock);
        this.holder = new IdentityHolder(clock);
        WorkloadIdentity own =
                ca.issue(serverId, spec -> spec.notAfter = spec.notBefore.plus(java.time.Duration.ofDays(365)));
        List<X509Certificate> withRoot = new ArrayList<>(own.chain());
        withRoot.add(ca.rootCertificate());
        holder.update(new WorkloadIdentity(own.id(), own.key(), withRoot), ca.bundle());
        start();
    }

    /** {@return another control plane of the same mesh} */
    FakeControlPlane another() {
        return new FakeControlPlane(ca, clock, SERVER);
    }

    /** Listens, on the port of before if there was one. */
    void start() {
        ServerCredentials credentials = plaintext
                ? InsecureServerCredentials.create()
                : TlsServerCredentials.newBuilder()
                        .keyManager(ServerTls.keyManager(holder))
                        .trustManager(ServerTls.clientTrustManager(holder))
                        .clientAuth(TlsServerCredentials.ClientAuth.OPTIONAL)
                        .build();
        ServerBuilder<?> builder = ((NettyServerBuilder) Grpc.newServerBuilderForPort(port, credentials))
                .maxConcurrentCallsPerConnection(streams);
        for (BindableService service : List.of(discovery, certificates, new Loads())) {
            builder.addService(service);
        }
        try {
            server = builder.intercept(new PeerInterceptor()).build().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        port = server.getPort();
    }

    /** Goes away, with all connections. */
    void stop() throws InterruptedException {
        Server running = server;
        if (running != null) {
            running.shutdownNow().awaitTermination();
        }
        server = null;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** {@return a file with a join token that pins the root} */
    Path token(Path folder) throws Exception {
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(ca.rootCertificate().getEncoded());
        Files.writeString(folder.resolve("roots.pem"), FakeCertificates.pem(ca.rootCertificate()));
        Path file = folder.resolve("token");
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                file,
                "inmesh.t1." + FakeCertificates.SECRET + "."
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(hash) + "\n");
        return file;
    }

    /** {@return the next incremental stream that a client opens} */
    DeltaScript nextDelta() throws InterruptedException {
        return new DeltaScript(next(deltaStreams));
    }

    /** {@return the next state-of-the-world stream that a client opens} */
    SotwScript nextSotw() throws InterruptedException {
        return new SotwScript(next(sotwStreams));
    }

    boolean noStreamWaits() {
        return deltaStreams.isEmpty() && sotwStreams.isEmpty();
    }

    static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T element = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (element == null) {
            throw new AssertionError("the client did nothing");
        }
        return element;
    }

    private <Q, A> StreamObserver<Q> accept(BlockingQueue<FakeStream<Q, A>> queue, StreamObserver<A> responses) {
        FakeStream<Q, A> stream = new FakeStream<>(responses, PEER.get());
        synchronized (open) {
            open.add(stream);
        }
        queue.add(stream);
        return stream;
    }

    private final class Discovery extends AggregatedDiscoveryServiceImplBase {
        @Override
        public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
                StreamObserver<DeltaDiscoveryResponse> responses) {
            if (!incremental) {
                responses.onError(Status.UNIMPLEMENTED.asRuntimeException());
                return new FakeStream<>(responses, null);
            }
            return accept(deltaStreams, responses);
        }

        @Override
        public StreamObserver<DiscoveryRequest> streamAggregatedResources(StreamObserver<DiscoveryResponse> responses) {
            return accept(sotwStreams, responses);
        }
    }

    private final class Loads extends LoadReportingServiceImplBase {
        @Override
        public StreamObserver<LoadStatsRequest> streamLoadStats(StreamObserver<LoadStatsResponse> responses) {
            return accept(loadStreams, responses);
        }
    }

    /** Remembers who calls. */
    private static final class PeerInterceptor implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            return Contexts.interceptCall(
                    Context.current()
                            .withValue(PEER, leaf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)))
                            .withValue(
                                    CONNECTION,
                                    String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)))
                            .withValue(FakeCertificates.AUTHORIZATION, headers.get(FakeCertificates.HEADER)),
                    call,
                    headers,
                    next);
        }

        private static @Nullable X509Certificate leaf(@Nullable SSLSession session) {
            try {
                return session == null ? null : (X509Certificate) session.getPeerCertificates()[0];
            } catch (SSLPeerUnverifiedException anonymous) {
                return null;
            }
        }
    }

    static String connection() {
        return CONNECTION.get();
    }

    static @Nullable X509Certificate caller() {
        return PEER.get();
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
