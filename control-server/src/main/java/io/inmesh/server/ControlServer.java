package io.inmesh.server;

import io.inmesh.server.access.Access;
import io.inmesh.server.access.AccessSettings;
import io.inmesh.server.access.ChangeAudit;
import io.inmesh.server.ads.AdsParts;
import io.inmesh.server.ads.AdsService;
import io.inmesh.server.ads.ClientStatusService;
import io.inmesh.server.ads.ProcessTrusts;
import io.inmesh.server.ads.StreamHub;
import io.inmesh.server.ads.TranslatedResources;
import io.inmesh.server.ads.XdsServer;
import io.inmesh.server.attest.Attestation;
import io.inmesh.server.backup.RunningBackup;
import io.inmesh.server.ca.AuditLog;
import io.inmesh.server.ca.AuthoritySettings;
import io.inmesh.server.ca.CertificateAuthority;
import io.inmesh.server.ca.CertificateService;
import io.inmesh.server.ca.ClientTrust;
import io.inmesh.server.ca.DenyGate;
import io.inmesh.server.ca.DenyList;
import io.inmesh.server.ca.JoinTokens;
import io.inmesh.server.ca.RootRotation;
import io.inmesh.server.ca.ServerCertificate;
import io.inmesh.server.drain.Drains;
import io.inmesh.server.etcd.StoreSettings;
import io.inmesh.server.extension.ExtensionProviders;
import io.inmesh.server.federation.Federation;
import io.inmesh.server.federation.OwnBundle;
import io.inmesh.server.handover.HandOver;
import io.inmesh.server.jwks.JwksSettings;
import io.inmesh.server.jwks.KeyKeeper;
import io.inmesh.server.limit.Guard;
import io.inmesh.server.limit.Limits;
import io.inmesh.server.lrs.LoadReportService;
import io.inmesh.server.lrs.ReportSettings;
import io.inmesh.server.lrs.Reports;
import io.inmesh.server.peer.Fleet;
import io.inmesh.server.peer.PeerService;
import io.inmesh.server.peer.Peers;
import io.inmesh.server.registries.Registries;
import io.inmesh.server.registry.RegistrationRules;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.server.relay.RelayService;
import io.inmesh.server.relay.Relays;
import io.inmesh.server.replica.Leadership;
import io.inmesh.server.replica.ReplicaSettings;
import io.inmesh.server.rest.HttpListen;
import io.inmesh.server.rest.HttpServer;
import io.inmesh.server.rollout.Rollouts;
import io.inmesh.server.rule.ExtensionProvider;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.semantic.SemanticValidator;
import io.inmesh.server.source.DiscoveredServices;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.FollowedTables;
import io.inmesh.server.store.StoreMetrics;
import io.inmesh.server.time.Ended;
import io.inmesh.server.time.SystemTimer;
import io.inmesh.server.translate.Translator;
import io.inmesh.server.validate.SchemaValidator;
import io.inmesh.server.write.ConfigWriter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A whole control server. What is opened is closed in reverse order. */
public final class ControlServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final Duration CERTIFICATE_CHECK = Duration.ofMinutes(1);
    private static final Duration STEP_CHECK = Duration.ofSeconds(1);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final XdsServer xds;
    private final @Nullable XdsServer plaintext;
    private final HttpServer http;
    private final Departure departure;

    /**
     * Starts a server.
     *
     * @throws IOException if something it needs cannot be had; the message names it
     */
    public ControlServer(ServerOptions options) throws IOException {
        this(options, null);
    }

    /** As the other, if {@code shared} is given on an engine that several servers of this process use; it is not closed with this one. */
    ControlServer(ServerOptions options, @Nullable Engine shared) throws IOException {
        try {
            InstantSource clock = InstantSource.system();
            AuthoritySettings authoritySettings =
                    AuthoritySettings.read(options.settings().section("authority"));
            Attestation attestation =
                    Attestation.read(options.settings().section("attestation"), options.trustDomain(), clock);
            Limits limits = Limits.read(options.settings().section("limits"));
            RegistrationRules registration =
                    RegistrationRules.read(options.settings().section("registration"));
            StoreSettings storeSettings = StoreSettings.read(options.settings().section("store"));
            Federation federation = Federation.read(options.settings(), options.trustDomain(), clock);
            // Every part reads its own section before this; what none has asked for is a mistake.
            AccessSettings accessSettings = AccessSettings.read(options.settings());
            ReportSettings reports = ReportSettings.read(options.settings().section("reports"));
            ReplicaSettings replica = ReplicaSettings.read(options.settings().section("replica"));
            JwksSettings jwks = JwksSettings.read(options.settings());
            Map<String, ExtensionProvider> providers = ExtensionProviders.read(options.settings());
            Registries registries = Registries.read(options.settings().section("sources"));
            options.settings().end();
            SecureRandom random = new SecureRandom();
            PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            opened.push(meters::close);
            SystemTimer timer = open(new SystemTimer());
            Engine engine = shared != null
                    ? shared
                    : open(OwnStore.open(storeSettings, authoritySettings, options, open(new SystemTimer()), clock));
            ThreadPoolExecutor rpc = threads("inmesh-rpc", OwnThreads.OF_STREAMS);
            open(OwnMeters.bind(meters, rpc));
            ThreadPoolExecutor writing = threads("inmesh-store", 1);

            KeyKeeper keys = KeyKeeper.overNetwork(jwks, engine, threads("inmesh-jwks", 1), timer, random::nextDouble);
            RuleSettings settings = RuleSettings.forTrustDomain(options.trustDomain())
                    .knowing(keys.current())
                    .asking(providers)
                    .withNamedServersOnly(registration.services() == RegistrationRules.Services.NAMED);
            DiscoveredServices discovered = open(registries.open(
                    engine, writing, open(new SystemTimer()), clock, random, settings.clusterDomain(), meters));
            ConfigStore store = open(new ConfigStore(engine));
            FollowedTables followed = open(new FollowedTables(engine, clock, OwnTables.followed()));
            StoreMetrics.bind(store, meters, clock);
            // Closed after what only a leader does, so that nobody else begins with it before.
            Leadership leadership =
                    open(new Leadership(engine, followed, OwnReplica.newId(random), open(new SystemTimer())));
            leadership.bind(meters);
            AuditLog audit = new AuditLog(engine, clock, threads("inmesh-audit", 1));
            ConfigWriter writer = new ConfigWriter(
                    store,
                    List.of(new SchemaValidator(), new SemanticValidator(settings, discovered::services)),
                    new ChangeAudit(audit),
                    registries.abandoned());

            OwnAuthority ownAuthority = new OwnAuthority(engine, followed, leadership, audit, clock);
            CertificateAuthority authority = ownAuthority.open(
                    options, authoritySettings, shared != null || storeSettings.etcd() != null, random);
            JoinTokens tokens = new JoinTokens(engine, authority, audit, clock, random);
            Set<String> hosts = OwnHosts.of(options, accessSettings);
            ServerCertificate certificate = new ServerCertificate(authority, new ArrayList<>(hosts), clock, random);
            // Timers of their own: what signs is written to the store when it is renewed, which issuing may do, too.
            Regularly.every(CERTIFICATE_CHECK, authority::renewIfDue, open(new SystemTimer()));
            Regularly.every(CERTIFICATE_CHECK, certificate::renewIfDue, open(new SystemTimer()));
            DenyList denied = new DenyList(followed, options.trustDomain(), certificate::serial, audit, clock, timer);
            DenyGate gate = new DenyGate(denied::current);
            ClientTrust trust = new ClientTrust(authority, denied::current, clock);
            CertificateService certificates = new CertificateService(
                    authority, attestation.attestors(tokens, engine), denied::current, audit, meters);

            WorkloadRegistry registry = open(new WorkloadRegistry(engine, leadership.id(), writing, timer, random));
            Drains drains = new Drains(followed, registry::workloads, audit, clock);
            TranslatedResources resources = new TranslatedResources(
                    new Translator(settings, keys::current, discovered::services),
                    store::view,
                    drains::workloads,
                    () -> OwnTrust.of(authority, denied.current(), federation));
            OwnMeters.bind(meters, registry, resources);
            keys.follow(store, resources::changed);
            registry.onChange(resources::changed);
            discovered.onChange(resources::changed);
            drains.onChange(resources::changed);
            authority.onChange(resources::changed);
            federation.follow(open(new SystemTimer()), resources::changed);
            StreamHub hub = new StreamHub(resources, timer, meters);
            denied.onChange(() -> {
                hub.close(gate::denies, DenyGate.status());
                resources.changed();
            });
            RootRotation rotation = ownAuthority.rotation(
                    authority, new ProcessTrusts(hub, registry), resources::trustBundleVersion, tokens);
            // A timer of its own: steps are written to the store.
            Regularly.every(STEP_CHECK, () -> ownAuthority.advance(rotation), open(new SystemTimer()));
            Relays relays = new Relays(audit, clock, random);
            Reports reported = new Reports(timer, clock, meters);
            Rollouts rollouts = Rollouts.judgingBy(reported.graph(), writer, engine, audit, meters, clock, settings);
            // A timer of its own, as for files: weights are written to disk.
            Regularly.every(
                    STEP_CHECK,
                    () -> leadership.fence().ifPresentOrElse(rollouts::advance, rollouts::rest),
                    open(new SystemTimer()));

            OwnFolder folder = open(new OwnFolder(options.configDir(), writer, open(new SystemTimer())));
            folder.start();
            OwnClusters clusters =
                    open(OwnClusters.of(registries, writer, discovered, leadership, followed, settings, meters));
            ThreadPoolExecutor telling = threads("inmesh-csds", 1);
            AdsParts ads = new AdsParts(resources, registry, hub, timer, clock, limits, registration);
            registries.begin(discovered);
            clusters.configs().begin(registries.startWait());
            // Clients are let in only now, when everything they could ask for is there.
            xds = open(XdsServer.tls(
                    new InetSocketAddress(InetAddress.getByName(options.grpcAddress()), options.grpcPort()),
                    certificate.keyManager(),
                    trust,
                    gate,
                    new Guard(limits, timer, true),
                    rpc,
                    List.of(
                            new AdsService(ads, rpc, true),
                            certificates,
                            new LoadReportService(reported, reports, timer),
                            new PeerService(
                                    reported, hub, relays, store::hears, threads("inmesh-peers", 2), timer, meters),
                            new RelayService(relays),
                            new ClientStatusService(hub, telling, true))));
            plaintext = options.plaintextPort() < 0
                    ? null
                    : open(XdsServer.plaintextOnLoopback(
                            options.plaintextPort(),
                            new Guard(limits, timer, false),
                            rpc,
                            List.of(new AdsService(ads, rpc, false), new ClientStatusService(hub, telling, false))));
            Peers peers = open(OwnPeers.of(
                    leadership, certificate, trust.ofPeers(), reported, open(new SystemTimer()), random, meters));
            registry.sparing(OwnPeers.stranded(peers, open(new SystemTimer()))::holds);
            HandOver handOver =
                    OwnPeers.handOver(replica, store, leadership, peers, hub, open(new SystemTimer()), random, meters);
            departure = new Departure(xds, plaintext, hub, registry::others, random);
            Access access =
                    Access.open(accessSettings, trust, followed, threads("inmesh-sessions", 1), audit, clock, random);
            http = open(HttpServer.start(
                    HttpListen.of(
                            new InetSocketAddress(InetAddress.getByName(options.httpAddress()), options.httpPort()),
                            hosts,
                            access,
                            certificate.keyManager(),
                            timer,
                            random),
                    access,
                    new HttpServer.Sources(
                            writer,
                            hub,
                            registry,
                            tokens,
                            certificates,
                            denied,
                            federation,
                            new OwnBundle(engine, authority::roots),
                            authority,
                            rotation,
                            audit,
                            resources,
                            reported,
                            relays,
                            drains,
                            rollouts,
                            discovered,
                            clusters.configs(),
                            clusters.routes(),
                            leadership,
                            handOver,
                            new Fleet(hub, relays, peers),
                            new RunningBackup(engine, audit, clock),
                            OwnLog.levels(timer, clock),
                            meters,
                            () -> OwnProblems.of(folder, keys, authority, resources))));
            OwnReplica own = new OwnReplica(leadership.id(), replica, options, clock.instant());
            leadership.begin(
                    () -> own.at(grpcPort(), httpUrl(), hub.connected(), authority.rootHash(), rotation.report()));
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T open(T part) {
        opened.push(part);
        return part;
    }

    private ThreadPoolExecutor threads(String name, int count) {
        ThreadPoolExecutor executor = OwnThreads.pool(name, count);
        opened.push(() -> Ended.of(executor));
        return executor;
    }

    /** {@return the port of xDS, certificates and load reports} */
    public int grpcPort() {
        return xds.port();
    }

    /** {@return where REST and metrics are, such as {@code http://127.0.0.1:15014}} */
    public String httpUrl() {
        return http.url();
    }

    /** {@return the port of REST and metrics} */
    public int httpPort() {
        return http.port();
    }

    /** {@return the port of discovery without TLS, -1 if there is none} */
    public int plaintextPort() {
        return plaintext == null ? -1 : plaintext.port();
    }

    /** Sends clients to other servers, if there are any, within seconds. To be called before {@link #close}, which cuts them off. */
    public void leave() {
        departure.go();
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.warn("a part of the server could not be closed", e);
            }
        }
    }
}
