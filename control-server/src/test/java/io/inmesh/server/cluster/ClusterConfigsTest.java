package io.inmesh.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cluster's configuration becomes this mesh's, over real sockets to an API server that is played. */
class ClusterConfigsTest {
    private static final String NETWORKING = "/apis/networking.istio.io/v1/";
    private static final String RULES = NETWORKING + "destinationrules";
    private static final String VIRTUAL = NETWORKING + "virtualservices";
    private static final String POLICIES = "/apis/security.istio.io/v1/authorizationpolicies";
    private static final String ROUTES = "/apis/gateway.networking.k8s.io/v1/httproutes";
    private static final Damping SOON = new Damping(100, Duration.ofMillis(20), 100, Duration.ofMillis(20));
    private static final Guard ALWAYS = new Guard("nothing", "is here", null);

    @TempDir
    private Path folder;

    private FakeApiServer api;
    private final MemoryTable engine = new MemoryTable(this::before);
    private final ConfigStore store = new ConfigStore(engine);
    private final FollowedTables tables = new FollowedTables(engine, InstantSource.system(), ClusterConfigs.TABLE);
    private final RuleSettings rules = RuleSettings.forTrustDomain("inmesh.local");
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private volatile boolean leads = true;
    private volatile boolean another;
    private volatile boolean broken;
    private volatile int most = Integer.MAX_VALUE;
    private final AtomicInteger fenced = new AtomicInteger();
    private volatile Guard fence = ALWAYS;
    private ConfigWriter writer;
    private ClusterConfigs clusters;

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

    @Test
    void whatTheClusterHoldsIsConfigurationAndWhatIsDeletedIsNot() throws Exception {
        api.set(RULES, Map.of("a", rule("one"), "b", rule("two")));
        start(SOON);
        await(() -> stored().equals(Map.of("a", "one", "b", "two")));
        assertThat(get("a").annotations()).containsEntry(Origin.ANNOTATION, "kubernetes:c1");
        assertThat(get("a").raw().has("status")).isFalse();

        api.set(RULES, Map.of("a", rule("other")));
        await(() -> stored().equals(Map.of("a", "other")));
        await(() -> report().objects() == 1 && report().listed() && report().following());
        assertThat(report().refused()).isEmpty();
    }

    @Test
    void whatCannotBeTakenKeepsNothingElseAwayAndStaysAsItWasWhenItWasGood() throws Exception {
        api.set(RULES, Map.of("a", rule("one"), "b", wrong("two")));
        start(SOON);
        await(() -> report().refusals() == 1);
        assertThat(stored()).isEqualTo(Map.of("a", "one"));
        Refusal refusal = report().refused().get(0);
        assertThat(refusal.resource().name()).isEqualTo("b");
        assertThat(refusal.olderStays()).isFalse();
        assertThat(refusal.line()).contains("trafficPolicyy").contains("it is left out");

        api.set(RULES, Map.of("a", wrong("one"), "b", rule("two")));
        await(() -> stored().equals(Map.of("a", "one", "b", "two")));
        await(() -> report().refusals() == 1
                && report().refused().get(0).resource().name().equals("a"));
        assertThat(report().refused().get(0).olderStays()).isTrue();

        api.set(RULES, Map.of("b", rule("two")));
        await(() -> stored().equals(Map.of("b", "two")));
        await(() -> report().refusals() == 0);
    }

    @Test
    void aLongListWithManyWrongOnesIsTakenButForThose() throws Exception {
        Map<String, ObjectNode> many = new TreeMap<>();
        for (int i = 0; i < 130; i++) {
            many.put("r" + i, i % 10 == 0 ? wrong("h" + i) : rule("h" + i));
        }
        api.set(RULES, many);
        start(SOON);
        await(() -> report().refusals() == 13);
        assertThat(stored()).hasSize(117);
    }

    @Test
    void whatIsTooLargeForTheStoreKeepsNothingElseAwayAndIsReported() throws Exception {
        most = 40_000;
        Map<String, ObjectNode> many = new TreeMap<>();
        for (int i = 0; i < 60; i++) {
            many.put("r" + i, large(i == 30 ? 50_000 : 1_500));
        }
        api.set(RULES, many);
        start(SOON);
        await(() -> stored().size() == 59 && report().refusals() == 1);
        assertThat(report().refused().get(0).resource().name()).isEqualTo("r30");
        assertThat(report().refused().get(0).line()).contains("larger than the store can write at once", "IM0029");
        await(() -> report().listed());

        api.set(RULES, Map.of("r30", rule("one")));
        await(() -> stored().equals(Map.of("r30", "one")) && report().refusals() == 0);
    }

    @Test
    void aFailureOfAnotherKindIsReportedAndTriedAgain() throws Exception {
        api.set(RULES, Map.of("a", rule("one")));
        broken = true;
        start(SOON);
        await(() -> report().problem().contains("cannot be taken")
                && report().problem().contains("out of order"));
        assertThat(report().listed()).isFalse();
        broken = false;
        await(() ->
                stored().size() == 1 && report().listed() && report().problem().isEmpty());
    }

    @Test
    void whoDoesNotLeadAnyMoreWritesNothing() throws Exception {
        engine.put("leader", "leader", new byte[] {2});
        fence = new Guard("leader", "leader", new byte[] {1});
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        await(() -> fenced.get() > 0);
        assertThat(stored()).isEmpty();
        fence = new Guard("leader", "leader", new byte[] {2});
        await(() -> stored().equals(Map.of("a", "one")));
    }

    @Test
    void nobodyFollowsBesideALeaderThoughSomethingCannotBeRead() throws Exception {
        leads = false;
        api.answersLists(VIRTUAL, 500);
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        await(() -> stored().size() == 1 && api.watches() == 1);
        assertThat(report().listed()).isFalse();
        another = true;
        await(() -> {
            // A server notices that nobody reads any more when it writes.
            api.bookmark();
            return api.watches() == 0;
        });
    }

    @Test
    void whatWasMadeAgainWhileNobodyLookedIsAsYoungAsItIs() throws Exception {
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        await(() -> stored().size() == 1);
        ObjectNode again = rule("one");
        again.withObject("metadata").put("creationTimestamp", "2026-03-01T00:00:00Z");
        api.set(RULES, Map.of("a", again));
        await(() -> get("a").creationTimestamp().toString().equals("2026-03-01T00:00:00Z"));
    }

    @Test
    void inThePlaceOfARuleAboutAccessThatCannotBeTakenAccessIsRefused() throws Exception {
        api.installs(POLICIES);
        api.set(
                POLICIES,
                Map.of("good", policy("selector: 7, action: ALLOW"), "bad", policy("action: DENY, rulez: []")));
        start(SOON);
        await(() -> report().refusals() == 2);
        assertThat(policies())
                .isEqualTo(Map.of("good", "{\"action\":\"ALLOW\"}", "bad", "{\"action\":\"DENY\",\"rules\":[{}]}"));
        assertThat(report().refused()).allMatch(refusal -> refusal.closed() && !refusal.olderStays());
        await(() -> api.present(POLICIES, "bad")
                .at("/status/conditions/0/message")
                .asText()
                .contains("a rule that refuses access stands in its place"));

        api.set(POLICIES, Map.of("good", policy("action: ALLOW, rules: [{}]")));
        await(() -> policies().equals(Map.of("good", "{\"action\":\"ALLOW\",\"rules\":[{}]}")));
        await(() -> report().refusals() == 0);
    }

    @Test
    void whoHasANameFirstKeepsIt() throws Exception {
        start(SOON);
        await(() -> report().listed());
        assertThat(apply("a", "ours").accepted()).isTrue();
        api.set(RULES, Map.of("a", rule("theirs"), "b", rule("theirs")));
        await(() -> report().refusals() == 1 && stored().containsKey("b"));
        assertThat(stored()).containsEntry("a", "ours");
        assertThat(report().refused().get(0).line()).contains("is kept by the API");

        WriteResult refused = apply("b", "ours");
        assertThat(refused.accepted()).isFalse();
        assertThat(refused.errors().get(0).message()).contains("is kept by the Kubernetes cluster c1");
        assertThat(refused.errors().get(0).remedy()).contains("change it there");

        writer.delete(List.of(new ConfigStore.Change.Delete(get("a").key(), null)), Origin.API, false);
        await(() -> "theirs".equals(stored().get("a")));
        await(() -> report().refusals() == 0);
    }

    @Test
    void kindsThatAreInstalledLaterAreFoundAndThoseThatGoTakeTheirsAlong() throws Exception {
        start(SOON);
        await(() -> report().listed());
        assertThat(report().kinds()).isEqualTo(2);
        api.installs(ROUTES);
        api.set(ROUTES, Map.of("r", route()));
        await(() -> store.view().byKind("HTTPRoute").size() == 1);
        api.uninstalls(ROUTES);
        await(() -> store.view().byKind("HTTPRoute").isEmpty());
    }

    @Test
    void aVersionOfAKindThatIsNotReadIsReported() throws Exception {
        api.installs("/apis/security.istio.io/v9/authorizationpolicies");
        start(SOON);
        await(() -> report().problem().contains("AuthorizationPolicy"));
        assertThat(report().problem()).contains("security.istio.io in v9");
    }

    @Test
    void whatOnlyIsMissingAfterANewListStaysIfItIsTooMuch() throws Exception {
        api.set(RULES, Map.of("a", rule("one"), "b", rule("two")));
        start(new Damping(15, Duration.ofMillis(20), 50, Duration.ofHours(1)));
        await(() -> stored().size() == 2);
        api.lose(RULES);
        await(() -> report().vanished() == 2);
        assertThat(report().frozen()).isTrue();
        assertThat(stored()).hasSize(2);
        api.set(RULES, Map.of("b", rule("two"), "c", rule("three"), "d", rule("four")));
        // Now it is one of four, which is not too much.
        await(() -> stored().equals(Map.of("b", "two", "c", "three", "d", "four")));
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 429, 500})
    void whileTheApiServerDoesNotAnswerWhatIsKnownStays(int status) throws Exception {
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        await(() -> stored().size() == 1 && report().following());
        api.status(status);
        await(() -> !report().following());
        assertThat(report().problem()).contains("answers " + status);
        assertThat(stored()).hasSize(1);
        api.status(200);
        api.set(RULES, Map.of("a", rule("one"), "b", rule("two")));
        await(() -> stored().size() == 2 && report().following());
    }

    @Test
    void onlyTheLeaderFollowsAClusterThatHasBeenRead() throws Exception {
        leads = false;
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        // Nobody has read it, so whoever starts does, to have something to serve.
        await(() -> stored().size() == 1 && report().listed());
        await(() -> {
            // A server notices that nobody reads any more when it writes.
            api.bookmark();
            return api.watches() == 0;
        });
        api.set(RULES, Map.of("a", rule("two"), "b", rule("two")));
        api.compact();
        leads = true;
        await(() -> stored().equals(Map.of("a", "two", "b", "two")));
    }

    @Test
    void aServerThatStartsAgainServesWhatItKnewWithoutWaiting() throws Exception {
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        clusters.awaitFirst(Duration.ofDays(1));
        assertThat(stored()).hasSize(1);
        clusters.close();
        api.status(500);
        start(SOON);
        clusters.awaitFirst(Duration.ofDays(1));
        assertThat(stored()).hasSize(1);
    }

    @Test
    void whatAClusterKeptThatTheSettingsDoNotNameAnyMoreIsEverybodys() throws Exception {
        api.set(RULES, Map.of("a", rule("one"), "b", rule("two")));
        start(SOON);
        await(() -> stored().size() == 2);
        clusters.close();
        start("renamed", "", SOON);
        await(() -> get("a").annotations().get(Origin.ANNOTATION).equals("kubernetes:renamed")
                && get("b").annotations().get(Origin.ANNOTATION).equals("kubernetes:renamed"));
        clusters.close();
        start("third", "namespaces: [elsewhere]", SOON);
        assertThat(clusters.abandoned()).isEqualTo(Map.of("renamed", 2));
        assertThat(apply("a", "ours").accepted()).isTrue();
        assertThat(clusters.abandoned()).isEqualTo(Map.of("renamed", 1));
    }

    @Test
    void statusesAreWrittenOnceAndSayWhatBecameOfEach() throws Exception {
        api.installs(ROUTES);
        api.set(RULES, Map.of("good", rule("one"), "bad", wrong("two")));
        api.set(ROUTES, Map.of("r", route()));
        start(SOON);
        await(() -> api.present(RULES, "good").has("status"));
        await(() -> api.present(RULES, "bad").has("status"));
        await(() -> api.present(ROUTES, "r").has("status"));
        assertThat(api.present(RULES, "good").at("/status/conditions/0/status").asText())
                .isEqualTo("True");
        assertThat(api.present(RULES, "bad").at("/status/conditions/0/status").asText())
                .isEqualTo("False");
        assertThat(api.present(RULES, "bad").at("/status/conditions/0/message").asText())
                .contains("trafficPolicyy");
        JsonNode parent = api.present(ROUTES, "r").at("/status/parents/0");
        assertThat(parent.path("controllerName").asText()).isEqualTo(RouteStatuses.CONTROLLER);
        assertThat(parent.at("/conditions/0/reason").asText()).isEqualTo("NoMatchingParent");

        api.set(RULES, Map.of("good", rule("other"), "bad", wrong("two")));
        await(() -> api.present(RULES, "good").at("/status/observedGeneration").asInt() == 2);
        assertThat(api.patches()).hasSize(4);
    }

    @Test
    void aStatusThatSomebodyElseWritesAndOneThatIsNotAskedForAreNotWritten() throws Exception {
        api.set(RULES, Map.of("theirs", rule("one")));
        api.writesStatus(
                RULES,
                "theirs",
                "pilot-discovery",
                FakeApiServer.object("{\"conditions\": [{\"type\": \"Reconciled\"}]}"));
        start(SOON);
        await(() -> stored().size() == 1);
        api.set(RULES, Map.of("theirs", rule("one"), "ours", rule("two")));
        await(() -> api.present(RULES, "ours").has("status"));
        assertThat(api.patches()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 422})
    void aStatusThatIsRefusedKeepsNoOthersAwayAndIsTriedAgainWhenItsObjectHasChanged(int status) throws Exception {
        api.answersPatches("a", status);
        api.set(RULES, Map.of("a", rule("one"), "b", rule("one")));
        start(SOON);
        await(() -> api.present(RULES, "b").has("status"));
        await(() -> report().problem().contains("answers " + status));
        assertThat(report().following()).isTrue();
        api.answersPatches("a", 200);
        api.set(RULES, Map.of("a", rule("two"), "b", rule("one")));
        await(() -> api.present(RULES, "a").has("status"));
        await(() -> report().problem().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429, 500})
    void statusesThatAreRefusedAreReportedAndTriedAgain(int status) throws Exception {
        api.answersPatches(status);
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        await(() -> report().problem().contains("statuses cannot be written"));
        assertThat(report().problem()).contains("answers " + status);
        assertThat(report().following()).isTrue();
        assertThat(meters.get("inmesh.cluster.status.failures").counter().count())
                .isPositive();
        api.answersPatches(200);
        await(() -> api.present(RULES, "a").has("status"));
        await(() -> report().problem().isEmpty());
    }

    @Test
    void aStatusOfAnObjectThatHasChangedMeanwhileIsWorkedOutAnew() throws Exception {
        api.answersPatches(409);
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        await(() -> !api.patches().isEmpty());
        api.answersPatches(200);
        api.set(RULES, Map.of("a", rule("two")));
        await(() -> api.present(RULES, "a").at("/status/observedGeneration").asInt() == 2);
        assertThat(report().problem()).isEmpty();
    }

    private void start(Damping damping) throws IOException {
        start("c1", "", damping);
    }

    private void start(String name, String more, Damping damping) throws IOException {
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

    private WriteResult apply(String name, String host) throws Exception {
        List<Document> documents = Documents.read("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %s}
                spec: {host: %s}
                """.formatted(name, host));
        return writer.apply(documents.stream().map(Document::body).toList(), "default", null, Origin.API, false);
    }

    private ClusterReport report() {
        return clusters.reports().get(0);
    }

    private Resource get(String name) {
        return store.view()
                .get(new ResourceKey("networking.istio.io", "DestinationRule", "default", name))
                .orElseThrow();
    }

    private Map<String, String> stored() {
        Map<String, String> hosts = new TreeMap<>();
        store.view()
                .byKind("DestinationRule")
                .forEach(rule ->
                        hosts.put(rule.key().name(), rule.spec().path("host").asText()));
        return hosts;
    }

    private static ObjectNode rule(String host) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.putObject("metadata").put("creationTimestamp", "2026-01-01T00:00:00Z");
        object.putObject("spec").put("host", host);
        return object;
    }

    private Map<String, String> policies() {
        Map<String, String> specs = new TreeMap<>();
        store.view()
                .byKind("AuthorizationPolicy")
                .forEach(policy -> specs.put(policy.key().name(), policy.spec().toString()));
        return specs;
    }

    private static ObjectNode policy(String spec) throws IOException {
        return (ObjectNode) new YAMLMapper().readTree("{metadata: {}, spec: {" + spec + "}}");
    }

    private static ObjectNode large(int bytes) {
        ObjectNode object = rule("one");
        object.withObject("metadata").putObject("annotations").put("note", "x".repeat(bytes));
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

    private static ObjectNode wrong(String host) {
        ObjectNode object = rule(host);
        object.withObject("spec").putObject("trafficPolicyy");
        return object;
    }

    private static ObjectNode route() {
        return FakeApiServer.object("""
                {"metadata": {}, "spec": {"parentRefs": [{"group": "", "kind": "Service", "name": "reviews", "port": 9080}],
                 "rules": [{"backendRefs": [{"name": "reviews", "port": 9080}]}]}}""");
    }

    private static void await(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            assertThat(Thread.interrupted()).as("the test's time is over").isFalse();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
