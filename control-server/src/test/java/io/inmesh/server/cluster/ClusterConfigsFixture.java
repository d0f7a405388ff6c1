package io.inmesh.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.gateway.RouteStatuses;
import io.inmesh.server.kubernetes.FakeApiServer;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.semantic.SemanticValidator;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.source.Damping;
import io.inmesh.server.source.kubernetes.KubernetesSettings;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.TooLargeException;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.store.FollowedTables;
import io.inmesh.server.validate.SchemaValidator;
import io.inmesh.server.write.ChangeLog;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Document;
import io.inmesh.server.write.Documents;
import io.inmesh.server.write.Origin;
import io.inmesh.server.write.WriteResult;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server that takes its configuration from a cluster, over real sockets to an API server that is played. */
abstract class ClusterConfigsFixture {

    private static final String NETWORKING = "/apis/networking.istio.io/v1/";
    static final String RULES = NETWORKING + "destinationrules";
    static final String VIRTUAL = NETWORKING + "virtualservices";
    static final String ROUTES = "/apis/gateway.networking.k8s.io/v1/httproutes";
    static final Damping SOON = new Damping(100, Duration.ofMillis(20), 100, Duration.ofMillis(20));
    private static final Guard ALWAYS = new Guard("nothing", "is here", null);

    @TempDir
    private Path folder;

    FakeApiServer api;
    final MemoryTable engine = new MemoryTable(this::before);
    final ConfigStore store = new ConfigStore(engine);
    private final FollowedTables tables = new FollowedTables(engine, InstantSource.system(), ClusterConfigs.TABLE);
    final RuleSettings rules = RuleSettings.forTrustDomain("inmesh.local");
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    volatile boolean leads = true;
    volatile boolean another;
    volatile boolean broken;
    volatile int most = Integer.MAX_VALUE;
    final AtomicInteger fenced = new AtomicInteger();
    volatile Guard fence = ALWAYS;
    ConfigWriter writer;
    ClusterConfigs clusters;

    @BeforeEach
    void begin() throws IOException {
        api = new FakeApiServer();
        api.installs(RULES);
        api.installs(VIRTUAL);
    }

    @AfterEach
    void end() {
        if (clusters != null) {
            clusters.close();
        }
        tables.close();
        store.close();
        api.close();
    }

    void start(Damping damping) throws IOException {
        start("c1", "", damping);
    }

    void start(String name, String more, Damping damping) throws IOException {
        Path file = Files.writeString(
                folder.resolve("settings.yaml"), "url: " + api.url() + "\nconfiguration: true\n" + more + "\n");
        List<ClusterConfigs.Entry> entries =
                List.of(new ClusterConfigs.Entry(name, KubernetesSettings.read(SettingsFile.read(file), Map.of())));
        writer = new ConfigWriter(
                store,
                List.of(new SchemaValidator(), new SemanticValidator(rules)),
                ChangeLog.NONE,
                ClusterConfigs.abandoned(entries));
        RouteStatuses routes = new RouteStatuses(rules, List::of, Clock.systemUTC());
        clusters = new ClusterConfigs(
                entries,
                new ClusterConfigs.Parts(
                        writer,
                        () -> leads ? Optional.of(fence) : Optional.empty(),
                        () -> another,
                        damping,
                        List::of,
                        routes::shown,
                        InstantSource.system(),
                        meters,
                        Duration.ofMillis(20),
                        Duration.ofMillis(1)),
                tables);
        clusters.start();
    }

    WriteResult apply(String name, String host) throws Exception {
        List<Document> documents = Documents.read("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %s}
                spec: {host: %s}
                """.formatted(name, host));
        return writer.apply(documents.stream().map(Document::body).toList(), "default", null, Origin.API, false);
    }

    ClusterReport report() {
        return clusters.reports().get(0);
    }

    Resource get(String name) {
        return store.view()
                .get(new ResourceKey("networking.istio.io", "DestinationRule", "default", name))
                .orElseThrow();
    }

    Map<String, String> stored() {
        Map<String, String> hosts = new TreeMap<>();
        store.view()
                .byKind("DestinationRule")
                .forEach(rule ->
                        hosts.put(rule.key().name(), rule.spec().path("host").asText()));
        return hosts;
    }

    static ObjectNode rule(String host) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.putObject("metadata").put("creationTimestamp", "2026-01-01T00:00:00Z");
        object.putObject("spec").put("host", host);
        return object;
    }

    /** What the engine does not take. */
    private void before(List<Guard> guards, List<Write> writes) {
        if (guards.contains(fence) && fence != ALWAYS) {
            fenced.incrementAndGet();
        }
        boolean resources = writes.stream().anyMatch(write -> write.table().equals("resources"));
        if (resources && broken) {
            throw new IllegalStateException("out of order");
        }
        int size = writes.stream()
                .map(Write::value)
                .mapToInt(value -> value == null ? 0 : value.length)
                .sum();
        if (size > most) {
            throw new TooLargeException("only " + most + " bytes are taken", new IllegalStateException());
        }
    }

    static ObjectNode wrong(String host) {
        ObjectNode object = rule(host);
        object.withObject("spec").putObject("trafficPolicyy");
        return object;
    }

    static ObjectNode route() {
        return FakeApiServer.object("""
                {"metadata": {}, "spec": {"parentRefs": [{"group": "", "kind": "Service", "name": "reviews", "port": 9080}],
                 "rules": [{"backendRefs": [{"name": "reviews", "port": 9080}]}]}}""");
    }

    static void await(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            assertThat(Thread.interrupted()).as("the test's time is over").isFalse();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
