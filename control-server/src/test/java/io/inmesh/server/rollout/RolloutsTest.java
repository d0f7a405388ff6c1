package io.inmesh.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.ChangeAudit;
import io.inmesh.server.ca.AuditEntry;
import io.inmesh.server.ca.AuditLog;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.graph.Sample;
import io.inmesh.server.graph.Samples;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.semantic.SemanticValidator;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Version;
import io.inmesh.server.validate.SchemaValidator;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Origin;
import io.inmesh.server.write.WriteResult;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rollouts on the real store, written as users write; only time and traffic are made up. */
class RolloutsTest {

    private static final ResourceKey ROLLOUT = new ResourceKey("inmesh.io", "Rollout", "default", "reviews-v2");
    private static final ResourceKey ROUTE =
            new ResourceKey("networking.istio.io", "VirtualService", "default", "reviews");
    private static final String VERSIONS = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews}
            spec:
              host: reviews
              subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
            """;
    private static final String VIRTUAL_SERVICE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              http:
                - timeout: 3s
                  route:
                    - {destination: {host: reviews, subset: v1}, weight: 100}
                    - {destination: {host: reviews, subset: v2}, weight: 0}
            """;
    private static final String SPEC = """
            apiVersion: inmesh.io/v1alpha1
            kind: Rollout
            metadata: {name: reviews-v2}
            spec:
              target: {kind: VirtualService, name: reviews}
              stable: {host: reviews, subset: v1}
              canary: {host: reviews, subset: v2}
              steps: [{weight: 10, wait: 60s}, {weight: 50, wait: 60s}]
              analysis: {interval: 10s, minRequests: 50, errorRate: {maxPercent: 5}}
            """;

    private final FakeTime time = new FakeTime();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private Engine engine = new MemoryTable();
    private Server server = new Server(engine);
    private long failed;

    /** What of a control server has to do with rollouts. */
    private final class Server {
        private final AuditLog audit;
        private final ConfigWriter writer;
        private final Rollouts rollouts;

        Server(Engine engine) {
            this(engine, new ConfigStore(engine));
        }

        Server(Engine engine, ConfigStore store) {
            audit = new AuditLog(engine, time);
            writer = new ConfigWriter(
                    store,
                    List.of(new SchemaValidator(), new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local"))),
                    new ChangeAudit(audit));
            rollouts = new Rollouts(
                    writer,
                    engine,
                    (version, window) -> traffic(version),
                    audit,
                    meters,
                    time,
                    RuleSettings.forTrustDomain("inmesh.local"));
        }

        void apply(String... documents) {
            try {
                WriteResult result = writer.apply(
                        Config.resources(String.join("\n---\n", documents)).stream()
                                .map(resource -> (ObjectNode) resource.raw())
                                .toList(),
                        "default",
                        null,
                        Origin.API,
                        false);
                assertThat(result.errors()).isEmpty();
            } catch (ConfigStore.ConflictException e) {
                throw new AssertionError(e);
            }
        }

        void look(int seconds) {
            for (int i = 0; i < seconds; i++) {
                time.advance(Duration.ofSeconds(1));
                rollouts.advance(List.of());
            }
        }

        String weights() {
            JsonNode route = resource(ROUTE).spec().at("/http/0/route");
            return route.at("/0/weight").asInt() + "/" + route.at("/1/weight").asInt();
        }

        String phase() {
            return status().path("phase").asText();
        }

        JsonNode status() {
            return rollouts.status(resource(ROLLOUT)).orElseThrow();
        }

        private Resource resource(ResourceKey key) {
            return writer.store().view().get(key).orElseThrow();
        }
    }

    private Sample traffic(RolloutSpec.Destination version) {
        boolean canary = version.subset().equals("v2");
        return Samples.at(time.instant(), canary ? 100 - failed : 900, canary ? failed : 0);
    }

    @Test
    void aGoodCanaryIsPromotedAndTheHistoryNamesTheRollout() {
        server.apply(Config.BOOKINFO, VERSIONS, VIRTUAL_SERVICE, SPEC);
        server.look(140);
        assertThat(server.phase()).isEqualTo("Promoted");
        assertThat(server.weights()).isEqualTo("0/100");
        assertThat(server.resource(ROUTE).spec().at("/http/0/timeout").asText())
                .as("all else is left")
                .isEqualTo("3s");
        assertThat(server.writer.store().versions(ROUTE))
                .extracting(Version::author)
                .containsExactly("rollout reviews-v2", "rollout reviews-v2", "rollout reviews-v2", "api");
        assertThat(server.audit.entries())
                .extracting(AuditEntry::event)
                .containsSubsequence(
                        "rollout-started", "config-changed", "rollout-step", "rollout-step", "rollout-promoted");
    }

    @Test
    void aBadCanaryIsTakenBackAndTheReasonIsKept() {
        failed = 20;
        server.apply(Config.BOOKINFO, VERSIONS, VIRTUAL_SERVICE, SPEC);
        server.look(40);
        assertThat(server.phase()).isEqualTo("RolledBack");
        assertThat(server.weights()).isEqualTo("100/0");
        JsonNode status = server.status();
        assertThat(status.path("reason").asText())
                .isEqualTo("the canary failed 20 % of 100 requests, more than the 5 % it may");
        assertThat(status.at("/analysis/canary/failed").asInt()).isEqualTo(20);
        assertThat(status.path("conditions").toString()).contains("\"Healthy\",\"status\":\"False\"");
        assertThat(status.has("subject")).isFalse();
    }

    @Test
    void aServerThatIsStartedAnewGoesOnWhereTheOtherStopped(@TempDir Path folder) throws Exception {
        try (Engine first = EmbeddedEngine.open(folder)) {
            Server before = new Server(first);
            before.apply(Config.BOOKINFO, VERSIONS, VIRTUAL_SERVICE, SPEC);
            before.look(70);
            assertThat(before.weights()).isEqualTo("50/50");
        }
        try (Engine second = EmbeddedEngine.open(folder)) {
            Server after = new Server(second);
            assertThat(after.status().path("step").asInt()).isEqualTo(2);
            after.look(70);
            assertThat(after.phase()).isEqualTo("Promoted");
            assertThat(after.weights()).isEqualTo("0/100");
        }
        failed = 20;
        try (Engine third = EmbeddedEngine.open(folder)) {
            Server after = new Server(third);
            after.look(100);
            assertThat(after.phase()).as("what is over stays over").isEqualTo("Promoted");
        }
    }

    @Test
    void twoServersThatLookInTurnsDoWhatOneDoes() {
        Server other = new Server(engine, server.writer.store());
        server.apply(Config.BOOKINFO, VERSIONS, VIRTUAL_SERVICE, SPEC);
        for (int i = 0; i < 140; i++) {
            time.advance(Duration.ofSeconds(1));
            (i % 2 == 0 ? server : other).rollouts.advance(List.of());
            (i % 2 == 0 ? other : server).rollouts.advance(List.of());
        }
        assertThat(server.phase()).isEqualTo("Promoted");
        assertThat(server.writer.store().versions(ROUTE)).hasSize(4);
    }

    @Test
    void twoServersThatLookAtOnceDoWhatOneDoes() throws InterruptedException {
        Server other = new Server(engine, server.writer.store());
        server.apply(Config.BOOKINFO, VERSIONS, VIRTUAL_SERVICE, SPEC);
        for (int i = 0; i < 140; i++) {
            time.advance(Duration.ofSeconds(1));
            Thread beside = new Thread(() -> other.rollouts.advance(List.of()));
            beside.start();
            server.rollouts.advance(List.of());
            beside.join();
        }
        server.look(5);
        assertThat(server.phase()).isEqualTo("Promoted");
        assertThat(server.writer.store().versions(ROUTE)).hasSize(4);
    }

    @Test
    void aServerThatDoesNotLeadAnyMoreDecidesNothing() {
        engine.put("leader", "leader", new byte[] {2});
        server.apply(Config.BOOKINFO, VERSIONS, VIRTUAL_SERVICE, SPEC);
        for (int i = 0; i < 30; i++) {
            time.advance(Duration.ofSeconds(1));
            server.rollouts.advance(new Engine.Guard("leader", "leader", new byte[] {1}));
        }
        assertThat(engine.scan("rollouts")).isEmpty();
        assertThat(server.writer.store().versions(ROUTE)).hasSize(1);

        server.rollouts.advance(new Engine.Guard("leader", "leader", new byte[] {2}));

        assertThat(engine.scan("rollouts")).hasSize(1);
    }

    @Test
    void whatSomebodyElseSetsIsLeftAndHeIsNamed() {
        server.apply(Config.BOOKINFO, VERSIONS, VIRTUAL_SERVICE, SPEC);
        server.look(10);
        server.apply(VIRTUAL_SERVICE.replace("weight: 100", "weight: 70").replace("weight: 0", "weight: 30"));
        server.look(100);
        assertThat(server.phase()).isEqualTo("Paused");
        assertThat(server.weights()).isEqualTo("70/30");
        assertThat(server.status().path("reason").asText())
                .startsWith("api set the weights to 70/30 while this rollout had set 90/10");
    }

    @Test
    void anotherTimeoutOfTheRouteIsNoReasonToStop() {
        server.apply(Config.BOOKINFO, VERSIONS, VIRTUAL_SERVICE, SPEC);
        server.look(10);
        server.apply(VIRTUAL_SERVICE
                .replace("weight: 100", "weight: 90")
                .replace("weight: 0", "weight: 10")
                .replace("3s", "9s"));
        server.look(130);
        assertThat(server.phase()).isEqualTo("Promoted");
        assertThat(server.resource(ROUTE).spec().at("/http/0/timeout").asText()).isEqualTo("9s");
    }

    @Test
    void whatIsToldIsDoneAndTheAuditLogNamesWho() throws Exception {
        server.apply(Config.BOOKINFO, VERSIONS, VIRTUAL_SERVICE, SPEC);
        server.look(10);
        server.rollouts.tell(ROLLOUT, Command.PAUSE, "eve");
        assertThat(server.phase()).isEqualTo("Paused");
        server.rollouts.tell(ROLLOUT, Command.ABORT, "mallory");
        server.look(2);
        assertThat(server.phase()).isEqualTo("RolledBack");
        assertThat(server.weights()).isEqualTo("100/0");
        assertThat(server.audit.entries())
                .filteredOn(entry -> entry.event().equals("rollout-aborted"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.actor()).isEqualTo("mallory"));
        assertThatThrownBy(() -> server.rollouts.tell(ROLLOUT, Command.ABORT, "mallory"))
                .isInstanceOf(Rollouts.RefusedException.class)
                .hasMessage("the rollout is RolledBack: only one that runs can be aborted");
    }

    @Test
    void weightsThatTheServerRefusesPauseTheRolloutWithItsReason() {
        server.apply(Config.BOOKINFO, VERSIONS, VIRTUAL_SERVICE, SPEC);
        // What is stored came before the rule it breaks, as after an upgrade.
        ConfigWriter strict = new ConfigWriter(
                server.writer.store(),
                List.of((candidate, after) -> List.of(new io.inmesh.server.validate.Problem(
                        candidate.key(),
                        "spec.http",
                        io.inmesh.server.validate.Problem.Severity.ERROR,
                        "IM9999",
                        "is not liked",
                        "like it"))));
        Rollouts refused = new Rollouts(
                strict,
                engine,
                (version, window) -> traffic(version),
                server.audit,
                meters,
                time,
                RuleSettings.forTrustDomain("inmesh.local"));
        for (int i = 0; i < 5; i++) {
            time.advance(Duration.ofSeconds(1));
            refused.advance(List.of());
        }
        assertThat(server.phase()).isEqualTo("Paused");
        assertThat(server.status().path("reason").asText())
                .isEqualTo("the weights are not taken: VirtualService default/reviews spec.http is not liked");
        assertThat(server.weights()).isEqualTo("100/0");
    }

    @Test
    void aRolloutThatIsDeletedIsForgottenAndItsWeightsStay() throws Exception {
        server.apply(Config.BOOKINFO, VERSIONS, VIRTUAL_SERVICE, SPEC);
        server.look(10);
        server.writer.delete(List.of(new ConfigStore.Change.Delete(ROLLOUT, null)), Origin.API, false);
        server.look(10);
        assertThat(server.weights()).isEqualTo("90/10");
        assertThat(engine.scan("rollouts")).isEmpty();
        server.apply(SPEC);
        server.look(3);
        assertThat(server.status().at("/before/stable").asInt()).isEqualTo(90);
    }

    @Test
    void metersTellHowItStandsAndWhatHasHappened() {
        server.apply(Config.BOOKINFO, VERSIONS, VIRTUAL_SERVICE, SPEC);
        server.look(12);
        assertThat(gauge("inmesh.rollouts", "phase", "Progressing")).isEqualTo(1);
        assertThat(gauge("inmesh.rollout.step", "rollout", "reviews-v2")).isEqualTo(1);
        assertThat(gauge("inmesh.rollout.canary.share", "rollout", "reviews-v2"))
                .isEqualTo(10);
        assertThat(gauge("inmesh.rollout.age", "phase", "Progressing")).isBetween(5.0, 12.0);
        failed = 20;
        server.look(40);
        assertThat(gauge("inmesh.rollouts", "phase", "Progressing")).isZero();
        assertThat(gauge("inmesh.rollouts", "phase", "RolledBack")).isEqualTo(1);
        assertThat(gauge("inmesh.rollout.canary.share", "rollout", "reviews-v2"))
                .isZero();
        assertThat(meters.find("inmesh.rollout.age").tag("phase", "Progressing").gauge())
                .isNull();
        assertThat(gauge("inmesh.rollout.age", "phase", "RolledBack")).isPositive();
        assertThat(meters.get("inmesh.rollout.events")
                        .tag("event", "canary-failed")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    private double gauge(String name, String tag, String value) {
        return meters.get(name).tag(tag, value).gauge().value();
    }
}
