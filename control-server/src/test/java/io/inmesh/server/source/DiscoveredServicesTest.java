package io.inmesh.server.source;

import static io.inmesh.server.source.Endpoints.at;
import static io.inmesh.server.source.Endpoints.service;
import static io.inmesh.server.source.SourceSink.Missing.DELETED;
import static io.inmesh.server.source.SourceSink.Missing.VANISHED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.service.Health;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of the word of a registry. */
class DiscoveredServicesTest {
    private static final Duration GRACE = Damping.DEFAULT.grace();
    private static final Duration PASS = Damping.DEFAULT.every();

    private final FakeTime time = new FakeTime();
    private final MemoryTable table = new MemoryTable();
    private final ScriptedSource source = new ScriptedSource();
    private final ScriptedSource other = new ScriptedSource();
    private DiscoveredServices discovered = opened();
    private int changes;

    @Test
    void anEmptyAnswerTakesNothingAwayBeforeTheGracePeriodIsOver() {
        source.says().listed(List.of(service("reviews", at("10.0.0.1"), at("10.0.0.2"))), VANISHED);
        source.says().listed(List.of(), VANISHED);

        time.advance(GRACE.minus(PASS));
        assertThat(addresses()).containsExactly("10.0.0.1", "10.0.0.2");
        assertThat(status().vanished()).isEqualTo(2);
        assertThat(status().frozen()).isTrue();

        time.advance(PASS.multipliedBy(3));
        assertThat(discovered.services()).isEmpty();
    }

    @Test
    void whatIsDeletedGoesAtOnceToTheLast() {
        source.says().listed(List.of(service("reviews", at("10.0.0.1")), service("ratings", at("10.0.0.2"))), VANISHED);

        source.says().changed(service("reviews"), DELETED);
        assertThat(addresses()).containsExactly("10.0.0.2");
        source.says().deleted("default", "ratings");
        assertThat(discovered.services()).extracting(MeshService::name).containsExactly("reviews");
        source.says().listed(List.of(), DELETED);
        assertThat(discovered.services()).isEmpty();
    }

    @Test
    void noMoreThanFifteenPercentGoInOnePass() {
        source.says().listed(List.of(service("reviews", range(0, 40))), VANISHED);
        time.advance(PASS);

        source.says().listed(List.of(service("reviews", range(0, 25))), VANISHED);
        assertThat(addresses()).hasSize(34);
        time.advance(PASS);
        assertThat(addresses()).hasSize(29);
        time.advance(PASS);
        assertThat(addresses()).hasSize(25);
        assertThat(status().vanished()).isZero();
    }

    @Test
    void ifMoreThanHalfVanishAtOnceNoneGoesUntilTheyComeBack() {
        source.says().listed(List.of(service("reviews", range(0, 20))), VANISHED);
        source.says().listed(List.of(service("reviews", range(0, 9))), VANISHED);

        time.advance(PASS.multipliedBy(5));
        assertThat(addresses()).hasSize(20);
        assertThat(status().frozen()).isTrue();

        source.says().listed(List.of(service("reviews", range(0, 20))), VANISHED);
        assertThat(status().frozen()).isFalse();
        assertThat(status().vanished()).isZero();
    }

    @Test
    void aServiceWhoseLastEndpointVanishesIsKeptThoughTheSourceIsWell() {
        source.says().listed(List.of(service("ratings", at("10.1.0.1")), service("reviews", range(0, 20))), VANISHED);
        source.says().listed(List.of(service("ratings"), service("reviews", range(0, 20))), VANISHED);

        time.advance(GRACE.minus(PASS));
        assertThat(status().frozen()).isFalse();
        assertThat(addresses()).contains("10.1.0.1");
        time.advance(PASS.multipliedBy(2));
        assertThat(addresses()).hasSize(20).doesNotContain("10.1.0.1");
    }

    @Test
    void aSourceThatIsDownForTenMinutesChangesNothingNotEvenWhatHadVanishedBefore() {
        source.says().listed(List.of(service("reviews", range(0, 10))), VANISHED);
        source.says().listed(List.of(service("reviews", range(0, 8))), VANISHED);
        source.says().failed("it does not answer");
        List<String> before = addresses();

        time.advance(Duration.ofMinutes(10));
        assertThat(addresses()).isEqualTo(before).hasSize(9);
        assertThat(status().state()).isEqualTo(SourceStatus.State.FAILING);
        assertThat(status().line()).contains("failing since", "it does not answer", "1 of 9 endpoints have vanished");

        source.says().answered();
        assertThat(addresses()).hasSize(8);
    }

    @Test
    void aSourceThatAnswersForSomeServicesOnlyHasBeenFailingSinceItBegan() {
        source.says().changed(service("reviews", at("10.0.0.1")), VANISHED);
        source.says().failed("ratings cannot be read");
        Instant began = status().since();
        for (int i = 0; i < 5; i++) {
            time.advance(Duration.ofSeconds(30));
            source.says().changed(service("reviews", at("10.0.0.1")), VANISHED);
            source.says().failed("ratings cannot be read, and so for " + i + " more");
        }
        assertThat(status().since()).isEqualTo(began);

        source.says().answered();
        time.advance(Duration.ofSeconds(5));
        source.says().failed("ratings cannot be read");
        assertThat(status().since()).as("it had answered for all").isEqualTo(time.instant());
    }

    @Test
    void anEndpointThatIsNamedTwiceIsOneAndItsBetterHealthCounts() {
        source.says()
                .listed(
                        List.of(service(
                                "reviews",
                                at("one/a", "10.0.0.1", Health.DRAINING),
                                at("one/b", "10.0.0.1", Health.HEALTHY),
                                at("one/b", "10.0.0.1", Health.UNHEALTHY))),
                        VANISHED);

        assertThat(endpoints())
                .extracting(Workload::id, Workload::health)
                .containsExactly(tuple("one/b", Health.HEALTHY));
    }

    @Test
    void anEndpointThatComesBackUnderAnotherNameIsNotKeptTwice() {
        source.says().listed(List.of(service("reviews", at("one/a", "10.0.0.1", Health.HEALTHY))), VANISHED);
        source.says().listed(List.of(service("reviews", at("one/b", "10.0.0.1", Health.HEALTHY))), VANISHED);

        assertThat(endpoints()).extracting(Workload::id).containsExactly("one/b");
        assertThat(status().vanished()).isZero();
    }

    @Test
    void aFlappingEndpointIsNeverOutAndKeepsItsAge() {
        source.says().listed(List.of(service("reviews", at("10.0.0.1"))), VANISHED);
        for (int i = 0; i < 10; i++) {
            source.says().changed(service("reviews"), VANISHED);
            assertThat(origin().vanished()).isTrue();
            time.advance(Duration.ofMinutes(4));
            source.says().changed(service("reviews", at("10.0.0.1")), VANISHED);
            time.advance(Duration.ofMinutes(4));
            assertThat(addresses()).containsExactly("10.0.0.1");
        }

        assertThat(origin().since()).isEqualTo(FakeTime.START);
        assertThat(origin().vanished()).isFalse();
    }

    @Test
    void aServerThatStartsBeginsWithWhatItsLastRunKnew() {
        source.says().listed(List.of(service("reviews", at("10.0.0.1")), service("ratings", at("10.0.0.2"))), VANISHED);
        time.advance(PASS);
        source.says().deleted("default", "ratings");
        discovered.close();
        time.advance(Duration.ofHours(1));

        discovered = opened();
        assertThat(addresses()).containsExactly("10.0.0.1");
        assertThat(origin().since()).isEqualTo(FakeTime.START);
        assertThat(origin().confirmed()).isEmpty();
        assertThat(status().state()).isEqualTo(SourceStatus.State.STARTING);

        source.says().listed(List.of(), VANISHED);
        assertThat(addresses()).containsExactly("10.0.0.1");
    }

    @Test
    void aRegistryThatLostEverythingWhileTheServerWasDownIsNotObeyedAtOnce() throws InterruptedException {
        source.says().listed(List.of(service("reviews", at("10.0.0.1"))), VANISHED);
        discovered.close();
        discovered = opened();

        other.says().listed(List.of(), VANISHED);
        discovered.awaitFirst(Duration.ofDays(1));
        source.says().listed(List.of(), VANISHED);
        time.advance(GRACE.minus(PASS));
        assertThat(addresses()).containsExactly("10.0.0.1");
    }

    @Test
    void twoSourcesGiveOneServiceTheEndpointsOfBothAndAPlaceThatBothNameCountsOnce() {
        source.says().listed(List.of(service("reviews", at("10.0.0.1"), at("10.0.0.2"))), VANISHED);
        other.says()
                .listed(
                        List.of(service(
                                "reviews",
                                at("two/x", "10.0.0.2", Health.HEALTHY),
                                at("two/y", "10.0.0.3", Health.HEALTHY))),
                        VANISHED);

        assertThat(endpoints()).extracting(Workload::id).containsExactly("one/10.0.0.1", "one/10.0.0.2", "two/y");
        assertThat(discovered.origin("two/y")).hasValueSatisfying(origin -> {
            assertThat(origin.source()).isEqualTo("two");
            assertThat(origin.type()).isEqualTo("scripted");
        });
        assertThat(discovered.origin("default/other")).isEmpty();
    }

    @Test
    void listenersHearOfChangesAndOfNothingElse() {
        source.says().listed(List.of(service("reviews", at("10.0.0.1"))), VANISHED);
        assertThat(changes).isEqualTo(1);
        source.says().listed(List.of(service("reviews", at("10.0.0.1"))), VANISHED);
        source.says().answered();
        source.says().failed("it does not answer");
        time.advance(PASS.multipliedBy(10));
        assertThat(changes).isEqualTo(1);
    }

    @Test
    void aHugeAnswerIsTakenWholeAndAnEndpointOfItCanChange() {
        source.says().listed(List.of(service("reviews", range(0, 50_000))), VANISHED);
        assertThat(status().endpoints()).isEqualTo(50_000);

        List<Workload> changed = new ArrayList<>(range(0, 49_999));
        changed.add(at("172.16.0.1"));
        source.says().listed(List.of(service("reviews", changed)), VANISHED);
        assertThat(addresses()).hasSize(50_000).contains("172.16.0.1");
    }

    @Test
    void whatOfAnAnswerCannotBeUsedIsSaid() {
        SourceService plain = service("reviews", at("10.0.0.1"));
        source.says()
                .listed(
                        List.of(new SourceService(
                                "default", "reviews", plain.ports(), plain.endpoints(), "2 endpoints have no port")),
                        VANISHED);

        assertThat(status().problem()).isEqualTo("default/reviews: 2 endpoints have no port");
        assertThat(status().state()).isEqualTo(SourceStatus.State.ANSWERING);
    }

    private DiscoveredServices opened() {
        DiscoveredServices made = new DiscoveredServices(
                List.of(new NamedSource("one", "scripted", source), new NamedSource("two", "scripted", other)),
                Damping.DEFAULT,
                "cluster.local",
                table,
                Runnable::run,
                time,
                time,
                new Random(7));
        made.onChange(() -> changes++);
        made.start();
        return made;
    }

    private static List<Workload> range(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> at("10." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256))
                .toList();
    }

    private List<Workload> endpoints() {
        return discovered.services().stream()
                .flatMap(service -> service.workloads().stream())
                .toList();
    }

    private List<String> addresses() {
        return endpoints().stream().map(Workload::address).toList();
    }

    private SourceStatus status() {
        return discovered.statuses().get(0);
    }

    private EndpointOrigin origin() {
        return discovered.origin("one/10.0.0.1").orElseThrow();
    }
}
