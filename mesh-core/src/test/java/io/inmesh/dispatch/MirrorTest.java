package io.inmesh.dispatch;

import static io.inmesh.dispatch.Scene.attempt;
import static io.inmesh.dispatch.Scene.connectFailure;
import static io.inmesh.dispatch.Scene.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Response;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.HeaderEditsConfig;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.RewriteConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteAction.Mirror;
import io.inmesh.config.RouteAction.WeightedCluster;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.limit.ClusterLimits;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.FakeCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Copies of calls for other clusters. */
class MirrorTest {

    private static final int WHOLE = 1_000_000;

    private final Log log = new Log();

    @Test
    void everyMirrorGetsACopyWithTheFirstAttemptOnly() {
        Scene scene = scene(route(new Mirror("v2", WHOLE), new Mirror("v3", WHOLE)));
        Dispatch dispatch = scene.dispatch();

        Attempt first = attempt(dispatch.start());
        List<MirroredCall> copies = dispatch.mirrors(first);
        assertThat(copies).extracting(MirroredCall::cluster).containsExactly("v2", "v3");

        Attempt second = attempt(scene.resume(dispatch, dispatch.settle(first, connectFailure())));
        assertThat(second.number()).isEqualTo(2);
        assertThat(dispatch.mirrors(second)).isEmpty();
    }

    @Test
    void mirrorsAreDrawnIndependentlyInMillionths() {
        Scene scene = scene(route(new Mirror("v2", 250_000), new Mirror("v3", 500_000), new Mirror("v3", 0)));
        int calls = 20_000;
        int v2 = 0;
        int v3 = 0;
        int both = 0;
        for (int i = 0; i < calls; i++) {
            Dispatch dispatch = scene.dispatch();
            Attempt attempt = attempt(dispatch.start());
            List<String> clusters = new ArrayList<>();
            for (MirroredCall copy : dispatch.mirrors(attempt)) {
                clusters.add(copy.cluster());
                copy.skip(MeshObserver.MirrorSkip.STREAMING);
            }
            dispatch.settle(attempt, Response.http(200));
            v2 += clusters.contains("v2") ? 1 : 0;
            v3 += clusters.contains("v3") ? 1 : 0;
            both += clusters.size() == 2 ? 1 : 0;
        }
        assertThat(v2).isCloseTo(calls / 4, within(400));
        assertThat(v3).isCloseTo(calls / 2, within(400));
        assertThat(both).isCloseTo(calls / 8, within(400));
    }

    @Test
    void aCopyIsEditedLikeItsCallAndSentOnceWithoutFaults() {
        RouteConfig route = route(new Mirror("v2", WHOLE))
                .withRewrite(new RewriteConfig("/moved", null, null, "elsewhere"))
                .withHeaders(
                        new HeaderEditsConfig(
                                List.of(new HeaderEditsConfig.Header("x-set", "1")), List.of(), List.of()),
                        HeaderEditsConfig.NONE)
                .withFault(new FaultConfig(new FaultConfig.Delay(Duration.ofSeconds(1), WHOLE), null));
        Scene scene = scene(route);
        Dispatch dispatch = scene.dispatch();
        Attempt original = attempt(scene.resume(dispatch, dispatch.start()));

        Dispatch copy = copy(dispatch, original);
        Attempt sent = attempt(copy.start());

        assertThat(sent.cluster()).isEqualTo("v2");
        assertThat(sent.rewrittenPath()).isEqualTo("/moved");
        assertThat(sent.rewrittenAuthority()).isEqualTo("elsewhere");
        assertThat(written(sent)).contains("set x-set=1");
        assertThat(outcome(copy.settle(sent, connectFailure()))).isInstanceOf(Outcome.Failure.class);
        assertThat(copy.mirrors(sent)).isEmpty();
        assertThat(dispatch.ended()).isFalse();
    }

    @Test
    void aCopyGoesOnWithTheTraceOfItsCallUnsampled() {
        String id = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";
        assertThat(sentWith("traceparent", "00-" + id + "-01")).contains("set traceparent=00-" + id + "-00");
        assertThat(sentWith("x-b3-traceid", "463ac35c9f6413ad")).contains("set x-b3-sampled=0");
        assertThat(sentWith("b3", "463ac35c9f6413ad-0020000000000001-1")).contains("set b3=0");
        assertThat(sentWith("accept", "*/*"))
                .anyMatch(line -> line.matches("set traceparent=00-[0-9a-f]{32}-[0-9a-f]{16}-00"));
    }

    @Test
    void aCopyEndsWithTheDeadlineOfItsCallOrAfterFifteenSeconds() {
        Scene unbounded = scene(route(new Mirror("v2", WHOLE)));
        assertThat(left(unbounded)).isEqualTo(TimeUnit.SECONDS.toNanos(15));

        Scene bounded = scene(route(new Mirror("v2", WHOLE)).withTimeout(Duration.ofSeconds(2)));
        assertThat(left(bounded)).isEqualTo(TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void copiesInFlightAreBoundedByClusterAndFurtherOnesAreSkipped() {
        Scene scene = scene(route(new Mirror("v2", WHOLE)));
        List<Dispatch> copies = new ArrayList<>();
        for (int i = 0; i < ClusterLimits.MAX_MIRRORED; i++) {
            Dispatch dispatch = scene.dispatch();
            copies.add(copy(dispatch, attempt(dispatch.start())));
        }
        Dispatch further = scene.dispatch();
        assertThat(further.mirrors(attempt(further.start()))).isEmpty();
        assertThat(log.lines).containsExactly("skipped v2 OVERFLOW");

        // One that never started gives its permit back as well.
        copies.get(0).cancel();
        Dispatch next = scene.dispatch();
        assertThat(next.mirrors(attempt(next.start()))).hasSize(1);
    }

    @Test
    void aMirrorThatDoesNotExistIsSkipped() {
        Scene scene = scene(route(new Mirror("v9", WHOLE)));
        Dispatch dispatch = scene.dispatch();
        assertThat(dispatch.mirrors(attempt(dispatch.start()))).isEmpty();
        assertThat(log.lines).containsExactly("skipped v9 NO_CLUSTER");
    }

    @Test
    void copiesAreCountedApart() {
        Scene scene = scene(route(new Mirror("v2", WHOLE)));
        Dispatch dispatch = scene.dispatch();
        Dispatch copy = copy(dispatch, attempt(dispatch.start()));
        Attempt sent = attempt(copy.start());

        assertThat(sent.endpoint().inFlight()).isEqualTo(1);
        copy.settle(sent, Response.http(503));

        assertThat(log.lines).containsExactly("ended v2 " + Response.http(503));
        assertThat(sent.endpoint().inFlight()).isZero();
        assertThat(scene.snapshot.cluster("v2").load().take()).isEmpty();
        assertThat(scene.snapshot.cluster("v2").limits().mirroredInFlight()).isZero();
        assertThat(dispatch.ended()).isFalse();
    }

    @Test
    void whatAMirrorDoesToCopiesCountsForItsOwnClusterOnly() {
        ClusterConfig v2 = ClusterConfig.of("v2")
                .withOutlierDetection(OutlierDetectionConfig.DEFAULT)
                .endpoint("10.0.2.1", 9080)
                .endpoint("10.0.2.2", 9080);
        Scene scene = new Scene(route(new Mirror("v2", WHOLE)), log, Scene.endpoints(1), v2);
        scene.snapshot
                .cluster("v2")
                .outlierDetection()
                .members(scene.snapshot.cluster("v2").endpoints());
        for (int i = 0; i < 20; i++) {
            Dispatch dispatch = scene.dispatch();
            Attempt attempt = attempt(dispatch.start());
            Dispatch copy = copy(dispatch, attempt);
            copy.settle(attempt(copy.start()), Response.http(503));
            dispatch.settle(attempt, Response.http(200));
        }

        assertThat(scene.snapshot.cluster("v2").endpoints())
                .filteredOn(endpoint -> endpoint.ejection().ejected())
                .hasSize(1);
        assertThat(scene.cluster().endpoints())
                .noneMatch(endpoint -> endpoint.ejection().ejected());
    }

    @Test
    void aClosedMeshSendsNoCopies() {
        Scene scene = scene(route(new Mirror("v2", WHOLE)));
        Dispatch dispatch = scene.dispatch();
        Dispatch copy = copy(dispatch, attempt(dispatch.start()));
        scene.gate.close();
        assertThat(Scene.reason(copy.start())).isEqualTo(Outcome.Reason.CLOSED);
    }

    @Test
    void aCopyIsDrivenOrLeftOutOnce() {
        Scene scene = scene(route(new Mirror("v2", WHOLE)));
        Dispatch dispatch = scene.dispatch();
        MirroredCall copy = dispatch.mirrors(attempt(dispatch.start())).get(0);
        copy.skip(MeshObserver.MirrorSkip.BODY_TOO_LARGE);
        assertThatThrownBy(() -> copy.dispatch(FakeCall.get("/"))).isInstanceOf(IllegalStateException.class);
        assertThat(log.lines).containsExactly("skipped v2 BODY_TOO_LARGE");
    }

    private List<String> sentWith(String header, String value) {
        Scene scene = scene(route(new Mirror("v2", WHOLE)));
        Call call = FakeCall.get("/").header(header, value);
        Dispatch dispatch = scene.dispatch(call);
        MirroredCall copy = dispatch.mirrors(attempt(dispatch.start())).get(0);
        return written(attempt(copy.dispatch(call).start()));
    }

    private static List<String> written(Attempt attempt) {
        HeaderLog headers = new HeaderLog();
        attempt.writeRequestHeaders(headers);
        return headers.written;
    }

    private static long left(Scene scene) {
        Dispatch dispatch = scene.dispatch();
        Attempt sent = attempt(copy(dispatch, attempt(dispatch.start())).start());
        return sent.deadlineNanos() - scene.clock.nanos();
    }

    private static Dispatch copy(Dispatch dispatch, Attempt attempt) {
        return dispatch.mirrors(attempt).get(0).dispatch(FakeCall.get("/"));
    }

    private Scene scene(RouteConfig route) {
        return new Scene(
                route,
                log,
                Scene.endpoints(2),
                ClusterConfig.of("v2").endpoint("10.0.2.1", 9080),
                ClusterConfig.of("v3").endpoint("10.0.3.1", 9080));
    }

    private static RouteConfig route(Mirror... mirrors) {
        return RouteConfig.of(
                "default",
                RouteMatch.ANY,
                new RouteAction.Forward(List.of(WeightedCluster.of("reviews", 1)), List.of(mirrors)));
    }

    private static final class Log implements MeshObserver {
        final List<String> lines = new ArrayList<>();

        @Override
        public void mirrorEnded(String cluster, Call copy, Outcome outcome, long durationNanos) {
            lines.add("ended " + cluster + " " + outcome);
        }

        @Override
        public void mirrorSkipped(String cluster, MirrorSkip why) {
            lines.add("skipped " + cluster + " " + why);
        }
    }
}
