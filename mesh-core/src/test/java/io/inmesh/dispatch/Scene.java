package io.inmesh.dispatch;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Step;
import io.inmesh.cluster.Cluster;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.observe.MeshObserver;
import io.inmesh.snapshot.Compiled;
import io.inmesh.snapshot.LiveState;
import io.inmesh.snapshot.Snapshot;
import io.inmesh.snapshot.SnapshotCompiler;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import java.io.IOException;

/** One destination {@code reviews:9080} on the way to cluster {@code reviews}, at a time that stands still. */
final class Scene {

    final FakeClock clock = new FakeClock();
    final SeededRandomness randomness = new SeededRandomness(11);
    final IdentityHolder identity = new IdentityHolder(clock);
    final Snapshot snapshot;
    final OutboundGate gate;

    Scene(RouteConfig route, ClusterConfig cluster) {
        this(route, cluster, MeshObserver.NONE);
    }

    Scene(RouteConfig route, ClusterConfig cluster, MeshObserver observer) {
        this(route, observer, cluster);
    }

    Scene(RouteConfig route, MeshObserver observer, ClusterConfig... clusters) {
        MeshConfig.Builder builder = MeshConfig.builder().version("17");
        for (ClusterConfig cluster : clusters) {
            builder.cluster(cluster);
        }
        MeshConfig config =
                builder.virtualHost(VirtualHostConfig.of("reviews:9080", route)).build();
        SnapshotCompiler compiler = new SnapshotCompiler(new LiveState(clock), clock, randomness);
        snapshot = ((Compiled.Ok) compiler.compile(config, null)).snapshot();
        cluster().outlierDetection().members(cluster().endpoints());
        gate = new OutboundGate(clock, randomness, identity, observer);
    }

    /** {@return plaintext endpoints 10.0.0.1 and up} */
    static ClusterConfig endpoints(int count) {
        ClusterConfig cluster = ClusterConfig.of("reviews");
        for (int i = 1; i <= count; i++) {
            cluster = cluster.endpoint("10.0.0." + i, 9080);
        }
        return cluster;
    }

    static RouteConfig route() {
        return RouteConfig.to("reviews");
    }

    Cluster cluster() {
        return snapshot.cluster("reviews");
    }

    Dispatch dispatch() {
        return dispatch(FakeCall.get("/"));
    }

    Dispatch dispatch(Call call) {
        return gate.dispatch(call, snapshot.routes().find("reviews", 9080), snapshot);
    }

    static Attempt attempt(Step step) {
        return (Attempt) step;
    }

    static Outcome outcome(Step step) {
        return ((Step.Done) step).outcome();
    }

    static Outcome.Reason reason(Step step) {
        return ((Outcome.Rejection) outcome(step)).reason();
    }

    static Outcome.Failure connectFailure() {
        return new Outcome.Failure(Outcome.Failure.Kind.CONNECT, false, new IOException("refused"));
    }

    static Outcome.Failure reset() {
        return new Outcome.Failure(Outcome.Failure.Kind.RESET, true, new IOException("reset"));
    }

    /** Waits as told, moving the clock. */
    Step resume(Dispatch dispatch, Step step) {
        clock.advanceNanos(((Step.Wait) step).delayNanos());
        return dispatch.resume();
    }
}
