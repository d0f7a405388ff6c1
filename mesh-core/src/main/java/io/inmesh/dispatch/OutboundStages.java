package io.inmesh.dispatch;

import io.inmesh.identity.IdentityHolder;
import io.inmesh.live.LiveRequests;
import io.inmesh.observe.MeshObserver;
import io.inmesh.stage.Stage;
import io.inmesh.tally.UnroutedTraffic;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import java.util.ArrayList;
import java.util.List;

/** Both outbound rings, top to bottom, as a call meets them. */
final class OutboundStages {

    private OutboundStages() {}

    /** What every call passes once. */
    static List<Stage<? super OutboundCall>> call(
            MeshObserver observer, LiveRequests live, Clock clock, Randomness randomness, UnroutedTraffic unrouted) {
        List<Stage<? super OutboundCall>> ring = new ArrayList<>();
        if (observer != MeshObserver.NONE) {
            // First, so that refusals and injected waits are seen like everything else.
            ring.add(new ObserveCall(observer));
        }
        if (live != LiveRequests.OFF) {
            // Outside of all that may refuse, as the observer.
            ring.add(new WatchCall(live, clock));
        }
        // Before everything that refuses: what the application gets is what counts.
        ring.add(new CountCall(unrouted));
        // Before anything that waits or draws: a call that is late already costs nothing more.
        ring.add(new CallDeadline());
        // Last, as in Envoy: what the application experiences as a fault of the service has passed all that is not the
        // service.
        ring.add(new DelayFault(randomness));
        // After the delay, so that a slow failure can be injected; both are drawn independently.
        ring.add(new AbortFault(randomness));
        return ring;
    }

    /** What every attempt passes. */
    static List<Stage<? super OutboundAttempt>> attempt(
            MeshObserver observer, IdentityHolder identity, Clock clock, Randomness randomness) {
        List<Stage<? super OutboundAttempt>> ring = new ArrayList<>();
        if (observer != MeshObserver.NONE) {
            // First, so that attempts the mesh refuses are seen too.
            ring.add(new ObserveAttempt());
        }
        // Above all that may refuse, so that it is told of every end; it learns nothing from refusals.
        ring.add(new LearnOutliers());
        // Before what holds permits: a call that is refused for the servers' sake takes none.
        ring.add(new Throttled(randomness));
        // Before the limit, so that an open breaker takes no permit from attempts that could succeed.
        ring.add(new Breaker());
        // After the breaker, since a permit is held until the attempt ends.
        ring.add(new RequestLimit());
        // After the other limits, so that nobody waits for a connection who is refused anyway.
        ring.add(new ConnectionPermit());
        // At once after what may wait.
        ring.add(new AfterConnectionWait());
        // After the limits, which cost less to ask; before anything is counted as sent. Without identity nothing
        // leaves.
        ring.add(new RequireOwnIdentity(identity));
        // Only what is really sent is slow or fast, and says how the servers are.
        ring.add(new LearnHedging());
        // Only what is really sent is load.
        ring.add(new CountLoad());
        // Last: nothing refuses after these, so no header is written for nothing.
        ring.add(new AnnounceDeadline(clock));
        ring.add(new AnnounceContext());
        // After the load is counted, so that the probes of this attempt are not counted before it.
        ring.add(new AskForLoad(new Probes(observer, clock)));
        return ring;
    }

    /** What the attempt of a copy passes: all that guards the cluster it goes to, nothing that counts it as a call. */
    static List<Stage<? super OutboundAttempt>> mirrored(IdentityHolder identity, Clock clock, Randomness randomness) {
        List<Stage<? super OutboundAttempt>> ring = new ArrayList<>();
        // As in Envoy: what a mirror does to copies tells of the health of the mirror.
        ring.add(new LearnOutliers());
        ring.add(new Throttled(randomness));
        ring.add(new Breaker());
        ring.add(new RequestLimit());
        ring.add(new ConnectionPermit());
        ring.add(new AfterConnectionWait());
        ring.add(new RequireOwnIdentity(identity));
        // Balancing sees copies; load reports, from which the graph of services is drawn, do not.
        ring.add(new CountMirrored());
        ring.add(new AnnounceDeadline(clock));
        ring.add(new AnnounceContext());
        ring.add(new UnsampledTrace(randomness));
        return ring;
    }
}
