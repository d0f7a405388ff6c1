package io.inmesh.server.rest;

import io.inmesh.server.access.Access;
import io.inmesh.server.ads.StreamHub;
import io.inmesh.server.ads.TranslatedResources;
import io.inmesh.server.backup.RunningBackup;
import io.inmesh.server.ca.AuditLog;
import io.inmesh.server.ca.CertificateAuthority;
import io.inmesh.server.ca.CertificateService;
import io.inmesh.server.ca.DenyList;
import io.inmesh.server.ca.JoinTokens;
import io.inmesh.server.ca.RootRotation;
import io.inmesh.server.cluster.ClusterConfigs;
import io.inmesh.server.console.ConsoleFiles;
import io.inmesh.server.drain.Drains;
import io.inmesh.server.federation.Federation;
import io.inmesh.server.federation.OwnBundle;
import io.inmesh.server.gateway.RouteStatuses;
import io.inmesh.server.handover.HandOver;
import io.inmesh.server.log.LogLevels;
import io.inmesh.server.lrs.Reports;
import io.inmesh.server.peer.Fleet;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.server.relay.Relays;
import io.inmesh.server.replica.Leadership;
import io.inmesh.server.rollout.Rollouts;
import io.inmesh.server.source.DiscoveredServices;
import io.inmesh.server.write.ConfigWriter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** Listens for HTTP, on loopback unless told otherwise. */
public final class HttpServer implements AutoCloseable {

    /** Tokens with many groups are the longest headers there are. */
    private static final int MAX_HEADER_BYTES = 16 << 10;

    private static final int MAX_THREADS = Watches.MAX_WATCHES + 50;

    private final Server server;
    private final ServerConnector connector;

    private HttpServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * What the server answers from.
     *
     * @param writer configuration
     * @param hub connected processes
     * @param registry registered workloads
     * @param tokens join tokens
     * @param certificates certificates for stock clients
     * @param denied who is refused
     * @param federation other trust domains
     * @param bundle the own roots for them
     * @param authority the certificate authority
     * @param rotation the steps that replace its root
     * @param audit what was done
     * @param resources translated configuration, for explanations
     * @param reports what processes report
     * @param relays questions to processes
     * @param drains instances that operators drain
     * @param rollouts shifts of traffic that are under way
     * @param discovered what other registries know
     * @param clusters configuration that Kubernetes clusters keep
     * @param routes the statuses of routes
     * @param leadership which servers there are, and which of them leads
     * @param handOver sends processes to other servers
     * @param fleet the processes of all of them
     * @param backup takes backups
     * @param logLevels how much this server logs
     * @param meters metrics
     * @param folderProblems what is wrong in the watched folder
     */
    public record Sources(
            ConfigWriter writer,
            StreamHub hub,
            WorkloadRegistry registry,
            JoinTokens tokens,
            CertificateService certificates,
            DenyList denied,
            Federation federation,
            OwnBundle bundle,
            CertificateAuthority authority,
            RootRotation rotation,
            AuditLog audit,
            TranslatedResources resources,
            Reports reports,
            Relays relays,
            Drains drains,
            Rollouts rollouts,
            DiscoveredServices discovered,
            ClusterConfigs clusters,
            RouteStatuses routes,
            Leadership leadership,
            HandOver handOver,
            Fleet fleet,
            RunningBackup backup,
            LogLevels logLevels,
            PrometheusMeterRegistry meters,
            Supplier<List<String>> folderProblems) {}

    /**
     * Begins to listen.
     *
     * @param listen where and how
     * @param access who may do what
     * @param sources what to answer from
     * @throws IOException if it cannot be listened on
     */
    public static HttpServer start(HttpListen listen, Access access, Sources sources) throws IOException {
        InetSocketAddress address = listen.address();
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
        threads.setName("inmesh-http");
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration settings = new HttpConfiguration();
        settings.setSendServerVersion(false);
        settings.setRequestHeaderSize(MAX_HEADER_BYTES);
        Connections connections = new Connections(access.settings().limits(), System::nanoTime);
        ServerConnector connector = new ServerConnector(server, 1, 1, protocols(listen.tls(), settings));
        connector.setHost(address.getAddress().getHostAddress());
        connector.setPort(address.getPort());
        connector.addBean(connections);
        server.addConnector(connector);
        server.setErrorHandler(new Errors());
        ConfigWriter writer = sources.writer();
        RouteStatuses statuses = sources.routes();
        MeshApi mesh = new MeshApi(
                new FilesApi(writer, sources.clusters()::reports),
                new ChangesApi(writer, sources.resources(), sources.fleet(), access.bindings()),
                new StatusApi(
                        writer.store()::view,
                        writer.store()::behind,
                        writer.store()::refusal,
                        sources.drains()::workloads,
                        sources.folderProblems(),
                        sources.discovered(),
                        sources.clusters(),
                        sources.resources()::state,
                        statuses,
                        sources.leadership(),
                        sources.fleet(),
                        access.open(),
                        InstantSource.system()),
                new TrafficApi(sources.reports().traffic(), sources.resources()::state, sources.registry()),
                new InventoryApi(
                        sources.resources()::state,
                        sources.fleet(),
                        sources.reports()::unusable,
                        sources.discovered(),
                        new ResourcesApi(writer)),
                new GraphApi(sources.reports().graph(), sources.resources()::state, sources.registry()),
                new MetersApi(sources.meters()),
                new RolloutsApi(sources.rollouts(), writer.store()),
                sources.tokens(),
                sources.certificates(),
                new DenyListApi(sources.denied()),
                new FederationApi(sources.federation(), sources.bundle()),
                sources.resources(),
                new AuthorityApi(sources.authority(), sources.rotation(), sources.audit()),
                new LiveApi(sources.relays(), sources.fleet()),
                new InspectApi(writer, sources.resources(), sources.fleet()),
                new DrainsApi(sources.drains(), sources.hub()),
                new BackupApi(sources.backup()),
                new LogApi(sources.logLevels(), sources.audit()));
        server.setHandler(new Routes(
                connections,
                new Entry(access, listen.hosts(), listen.tls() != null),
                new ResourceApi(
                        writer,
                        new Statuses(statuses, sources.rollouts()),
                        access.settings().limits().watchesPerCaller()),
                new SkippedApi(writer.store()),
                mesh,
                new AccessApi(access),
                new ConsoleApi(ConsoleFiles.load()),
                new Readiness(
                        writer.store(),
                        sources.discovered(),
                        sources.leadership()::leaderName,
                        sources.handOver()::report,
                        sources.hub()::leaving),
                sources.meters()));
        try {
            server.start();
        } catch (Exception e) {
            throw new IOException("HTTP cannot be served on " + address + ": " + e.getMessage(), e);
        }
        closeOverdue(connector.getScheduler(), connections);
        return new HttpServer(server, connector);
    }

    private static void closeOverdue(Scheduler scheduler, Connections connections) {
        scheduler.schedule(
                () -> {
                    connections.closeOverdue();
                    if (scheduler.isRunning()) {
                        closeOverdue(scheduler, connections);
                    }
                },
                1,
                TimeUnit.SECONDS);
    }

    /** HTTP/1.1 only: nothing here needs HTTP/2, and what is not spoken cannot be flooded. */
    private static ConnectionFactory[] protocols(@Nullable SSLContext tls, HttpConfiguration settings) {
        HttpConnectionFactory http = new HttpConnectionFactory(settings);
        if (tls == null) {
            return new ConnectionFactory[] {http};
        }
        // Which name is called is checked with every request, also without SNI, by the gate.
        settings.addCustomizer(new SecureRequestCustomizer(false));
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setSslContext(tls);
        context.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        context.setRenegotiationAllowed(false);
        context.setWantClientAuth(true);
        return new ConnectionFactory[] {new SslConnectionFactory(context, http.getProtocol()), http};
    }

    /** {@return where this server is, such as {@code http://127.0.0.1:15014}} */
    public String url() {
        String host = connector.getHost();
        String scheme = connector.getConnectionFactory(SslConnectionFactory.class) == null ? "http://" : "https://";
        return scheme + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    }

    /** {@return the port listened on} */
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server could not be stopped", e);
        }
    }
}
