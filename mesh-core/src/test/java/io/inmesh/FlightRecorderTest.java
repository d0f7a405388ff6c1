package io.inmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome.Response;
import io.inmesh.call.Step;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.testkit.SeededRandomness;
import io.inmesh.testkit.TestCa;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Java Flight Recorder records of a mesh, read back from a real recording. */
class FlightRecorderTest {

    @TempDir
    private Path folder;

    private final FakeClock clock = new FakeClock();
    private final FakeScheduler time = new FakeScheduler(clock);

    @Test
    void attemptsRefusedRetriesEjectionsConfigsAndIdentitiesAreInARecordingThatWantsThem() throws Exception {
        List<RecordedEvent> events;
        try (Recording recording = new Recording()) {
            recording.enable("inmesh.Attempt");
            recording.enable("inmesh.Call");
            recording.start();
            liveThroughAFailure();
            recording.stop();
            events = read(recording);
        }

        assertThat(events)
                .filteredOn(event -> named(event, "inmesh.Attempt"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getString("virtualHost")).isEqualTo("reviews:9080");
                    assertThat(event.getString("cluster")).isEqualTo("reviews");
                    assertThat(event.getString("endpoint"))
                            .startsWith("10.0.0.")
                            .endsWith(":9080");
                    assertThat(event.getInt("number")).isEqualTo(1);
                    assertThat(event.getString("outcome")).isEqualTo("503");
                    assertThat(event.getDuration("taken")).isEqualTo(Duration.ofMillis(7));
                });
        assertThat(events)
                .filteredOn(event -> named(event, "inmesh.Call"))
                .extracting(event -> event.getString("outcome"), event -> event.getInt("attempts"))
                .containsExactly(tuple("503", 1));
        assertThat(events)
                .filteredOn(event -> named(event, "inmesh.RetryRefused"))
                .extracting(event -> event.getString("reason"))
                .containsExactly("budget");
        assertThat(events)
                .filteredOn(event -> named(event, "inmesh.Ejection"))
                .extracting(
                        event -> event.getString("rule"),
                        event -> event.getString("why"),
                        event -> event.getDuration("period"))
                .containsExactly(tuple("CONSECUTIVE_5XX", "1 server errors in a row", Duration.ofSeconds(30)));
        assertThat(events).filteredOn(event -> named(event, "inmesh.Return")).hasSize(1);
        assertThat(events)
                .filteredOn(event -> named(event, "inmesh.ConfigApplied"))
                .extracting(event -> event.getString("version"))
                .containsExactly("1");
        assertThat(events)
                .filteredOn(event -> named(event, "inmesh.ConfigRejected"))
                .singleElement()
                .satisfies(event -> assertThat(event.getString("problems")).contains("reviews"));
        assertThat(events)
                .filteredOn(event -> named(event, "inmesh.IdentityChanged"))
                .extracting(event -> event.getString("identity"), event -> event.getLong("epoch"))
                .containsExactly(tuple("spiffe://inmesh.local/ns/default/sa/productpage", 1L));
    }

    @Test
    void aRecordingHasRareEventsButNoneOfEachCallUnlessItWantsThem() throws Exception {
        List<RecordedEvent> events;
        try (Recording recording = new Recording()) {
            recording.start();
            liveThroughAFailure();
            recording.stop();
            events = read(recording);
        }

        assertThat(events)
                .extracting(event -> event.getEventType().getName())
                .contains("inmesh.Ejection", "inmesh.RetryRefused", "inmesh.ConfigApplied", "inmesh.IdentityChanged")
                .doesNotContain("inmesh.Attempt", "inmesh.Call");
    }

    private void liveThroughAFailure() {
        OutlierDetectionConfig rules = new OutlierDetectionConfig(
                1, 0, false, 0, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(300), 50, 0);
        MeshConfig config = MeshConfig.builder()
                .version("1")
                .cluster(ClusterConfig.of("reviews")
                        .endpoint("10.0.0.1", 9080)
                        .endpoint("10.0.0.2", 9080)
                        .withRetryBudget(RetryBudgetConfig.started(0, 0, Duration.ofSeconds(10)))
                        .withOutlierDetection(rules))
                .virtualHost(VirtualHostConfig.of(
                        "reviews:9080",
                        RouteConfig.to("reviews")
                                .withRetry(RetryConfig.DEFAULT.withConditions(
                                        Set.of(RetryConfig.Condition.SERVER_ERROR)))))
                .build();
        try (Mesh mesh = Mesh.builder()
                .name("productpage")
                .clock(clock)
                .scheduler(time)
                .randomness(new SeededRandomness(1))
                .config(config)
                .build()) {
            Dispatch dispatch = mesh.outbound(FakeCall.get("/"));
            Attempt attempt = (Attempt) dispatch.start();
            clock.advance(Duration.ofMillis(7));
            Step last = dispatch.settle(attempt, Response.http(503));
            assertThat(last).isNotInstanceOf(Attempt.class);
            time.advance(Duration.ofSeconds(40));

            TestCa ca = TestCa.root("inmesh.local");
            mesh.identity().update(ca.issue("default", "productpage"), ca.bundle());
            mesh.apply(MeshConfig.builder()
                    .version("2")
                    .cluster(ClusterConfig.of("reviews"))
                    .cluster(ClusterConfig.of("reviews"))
                    .build());
        }
    }

    private List<RecordedEvent> read(Recording recording) throws Exception {
        Path file = folder.resolve("recording.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("inmesh."))
                // What a thread that another test has left behind does is in the recording too.
                .filter(event -> event.getThread().getJavaThreadId()
                        == Thread.currentThread().getId())
                .toList();
    }

    private static boolean named(RecordedEvent event, String name) {
        return event.getEventType().getName().equals(name);
    }
}
