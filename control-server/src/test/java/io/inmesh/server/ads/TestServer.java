package io.inmesh.server.ads;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.inmesh.server.ca.AuditLog;
import io.inmesh.server.ca.CertificateAuthority;
import io.inmesh.server.ca.CertificateService;
import io.inmesh.server.ca.ClientTrust;
import io.inmesh.server.ca.DenyGate;
import io.inmesh.server.ca.DenyList;
import io.inmesh.server.ca.IssuedCertificate;
import io.inmesh.server.ca.JoinTokens;
import io.inmesh.server.ca.Pem;
import io.inmesh.server.ca.ServerCertificate;
import io.inmesh.server.fixture.Keys;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.graph.TrafficGraph;
import io.inmesh.server.limit.Guard;
import io.inmesh.server.limit.Limits;
import io.inmesh.server.lrs.LoadReportService;
import io.inmesh.server.lrs.ReportSettings;
import io.inmesh.server.lrs.Reports;
import io.inmesh.server.peer.PeerService;
import io.inmesh.server.registry.RegistrationRules;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.server.relay.Relays;
import io.inmesh.server.time.Ended;
import io.inmesh.server.time.SystemTimer;
import io.inmesh.server.traffic.ObservedTraffic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A whole server on real sockets of this machine, with every service, and clients for it. */
final class TestServer implements AutoCloseable {
    static final int PATIENCE_MILLIS = 30_000;

    final MemoryTable table = new MemoryTable();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final InstantSource clock;
    final SystemTimer timer = new SystemTimer();
    final AuditLog audit;
    final WorkloadRegistry registry = new WorkloadRegistry(table, "test", Runnable::run, timer, new SecureRandom());
    final Reports reports;
    final ObservedTraffic traffic;
    final TrafficGraph graph;
    final CertificateAuthority authority;
    final JoinTokens tokens;
    final CertificateService certificates;
    final ServerCertificate serverCertificate;
    final DenyList denied;
    final StreamHub hub;
    /** Whether certificates are issued, or the service says that it cannot at present. */
    volatile boolean issuing = true;

    private final ExecutorService pool = Executors.newFixedThreadPool(4);
    private final ExecutorService telling = Executors.newSingleThreadExecutor();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final XdsServer tls;
    private final XdsServer plaintext;

    TestServer(Path directory, ResourceSource source) throws IOException {
        this(directory, (registry, authority) -> source);
    }

    TestServer(Path directory, BiFunction<WorkloadRegistry, CertificateAuthority, ResourceSource> sources)
            throws IOException {
        this(directory, sources, Limits.DEFAULT, RegistrationRules.DEFAULT);
    }

    TestServer(
            Path directory,
            BiFunction<WorkloadRegistry, CertificateAuthority, ResourceSource> sources,
            Limits limits,
            RegistrationRules registration)
            throws IOException {
        this(directory, sources, limits, registration, InstantSource.system());
    }

    TestServer(
            Path directory,
            BiFunction<WorkloadRegistry, CertificateAuthority, ResourceSource> sources,
            Limits limits,
            RegistrationRules registration,
            InstantSource clock)
            throws IOException {
        this.clock = clock;
        audit = new AuditLog(table, clock);
        reports = new Reports(timer, clock, meters);
        traffic = reports.traffic();
        graph = reports.graph();
        SecureRandom random = new SecureRandom();
        authority = CertificateAuthority.open(directory.resolve("ca"), "inmesh.local", clock, random);
        tokens = new JoinTokens(table, authority, audit, clock, random);
        serverCertificate = new ServerCertificate(authority, List.of("localhost", "127.0.0.1"), clock, random);
        denied = new DenyList(
                table.followed(DenyList.TABLE), "inmesh.local", serverCertificate::serial, audit, clock, timer);
        certificates = new CertificateService(authority, List.of(tokens), denied::current, audit, meters);
        ResourceSource source = sources.apply(registry, authority);
        hub = new StreamHub(source, timer, meters);
        DenyGate gate = new DenyGate(denied::current);
        denied.onChange(() -> hub.close(gate::denies, DenyGate.status()));
        AdsParts parts = new AdsParts(source, registry, hub, timer, clock, limits, registration);
        tls = XdsServer.tls(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                serverCertificate.keyManager(),
                new ClientTrust(authority, denied::current, clock),
                gate,
                new Guard(limits, timer, true),
                pool,
                List.of(
                        new AdsService(parts, pool, true),
                        () -> ServerInterceptors.intercept(certificates, new OutOfOrder()),
                        new LoadReportService(reports, new ReportSettings(ReportSettings.DEFAULT_INTERVAL), timer),
                        new PeerService(
                                reports, hub, new Relays(audit, clock, random), () -> true, pool, timer, meters),
                        new ClientStatusService(hub, telling, true)));
        plaintext = XdsServer.plaintextOnLoopback(
                0,
                new Guard(limits, timer, false),
                pool,
                List.of(new AdsService(parts, pool, false), new ClientStatusService(hub, telling, false)));
    }

    private final class OutOfOrder implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            if (issuing) {
                return next.startCall(call, headers);
            }
            call.close(Status.UNAVAILABLE.withDescription("out of order"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    int plaintextPort() {
        return plaintext.port();
    }

    int tlsPort() {
        return tls.port();
    }

    /** A connection with a certificate of this mesh. */
    ManagedChannel channelOf(String namespace, String serviceAccount) throws IOException {
        return channel(credentials(namespace, serviceAccount));
    }

    private ChannelCredentials credentials(String namespace, String serviceAccount) throws IOException {
        KeyPair key = Keys.p256();
        IssuedCertificate certificate =
                certificates.issueFor(namespace, serviceAccount, Keys.csr(key), Duration.ZERO, "test");
        return TlsChannelCredentials.newBuilder()
                .trustManager(stream(Pem.encode(authority.roots())))
                .keyManager(stream(Pem.encode(certificate.chain())), stream(pem(key)))
                .build();
    }

    /** The same, with the smallest window that HTTP/2 begins with. */
    ManagedChannel narrowChannelOf(String namespace, String serviceAccount) throws IOException {
        return add(((NettyChannelBuilder) Grpc.newChannelBuilderForAddress(
                        "127.0.0.1", tlsPort(), credentials(namespace, serviceAccount)))
                .flowControlWindow(65_535)
                .build());
    }

    /** A connection that verifies the server but shows no certificate. */
    ManagedChannel anonymousChannel() throws IOException {
        return channel(TlsChannelCredentials.newBuilder()
                .trustManager(stream(Pem.encode(authority.roots())))
                .build());
    }

    ManagedChannel plaintextChannel() {
        return add(Grpc.newChannelBuilderForAddress("127.0.0.1", plaintextPort(), InsecureChannelCredentials.create())
                .build());
    }

    ManagedChannel channel(ChannelCredentials credentials) {
        return add(Grpc.newChannelBuilderForAddress("127.0.0.1", tlsPort(), credentials)
                .maxInboundMessageSize(64 << 20)
                .build());
    }

    /** A TLS connection without certificate that speaks HTTP/2, for frames that no proper client would send. */
    Socket anonymousSocket() throws IOException, GeneralSecurityException {
        KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
        roots.load(null, null);
        roots.setCertificateEntry("root", authority.roots().get(0));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(roots);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, trust.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", tlsPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    static String pem(KeyPair key) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(key.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    private ManagedChannel add(ManagedChannel channel) {
        channels.add(channel);
        return channel;
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        tls.close();
        plaintext.close();
        Ended.of(pool);
        Ended.of(telling);
        timer.close();
    }
}
