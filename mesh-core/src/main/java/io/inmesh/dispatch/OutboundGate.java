package io.inmesh.dispatch;

import io.inmesh.call.Call;
import io.inmesh.explain.Explains;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.live.LiveRequests;
import io.inmesh.observe.MeshObserver;
import io.inmesh.route.VirtualHost;
import io.inmesh.stage.Ring;
import io.inmesh.tally.UnroutedTraffic;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;

/** Where outbound calls begin: what all of them share. One per mesh; thread-safe. */
public final class OutboundGate {

    private final Clock clock;
    private final Randomness randomness;
    private final Ring<OutboundCall> callRing;
    private final Ring<OutboundAttempt> attemptRing;
    private final Mirroring mirroring;
    private final UnroutedTraffic unrouted;
    private volatile boolean closed;

    /**
     * Makes a gate.
     *
     * @param clock what times calls and their deadlines
     * @param randomness what draws clusters, faults and waits
     * @param identity who this process is
     * @param observer told about every call
     */
    public OutboundGate(Clock clock, Randomness randomness, IdentityHolder identity, MeshObserver observer) {
        this(clock, randomness, identity, observer, LiveRequests.OFF);
    }

    /**
     * Makes a gate whose calls can be watched.
     *
     * @param clock what times calls and their deadlines
     * @param randomness what draws clusters, faults and waits
     * @param identity who this process is
     * @param observer told about every call
     * @param live shown every call
     */
    public OutboundGate(
            Clock clock, Randomness randomness, IdentityHolder identity, MeshObserver observer, LiveRequests live) {
        this(clock, randomness, identity, observer, live, new UnroutedTraffic());
    }

    private OutboundGate(
            Clock clock,
            Randomness randomness,
            IdentityHolder identity,
            MeshObserver observer,
            LiveRequests live,
            UnroutedTraffic unrouted) {
        this(
                clock,
                randomness,
                new Ring<>(OutboundStages.call(observer, live, clock, randomness, unrouted)),
                new Ring<>(OutboundStages.attempt(observer, identity, clock, randomness)),
                Mirroring.of(clock, randomness, identity, observer),
                unrouted);
    }

    OutboundGate(
            Clock clock,
            Randomness randomness,
            Ring<OutboundCall> callRing,
            Ring<OutboundAttempt> attemptRing,
            Mirroring mirroring) {
        this(clock, randomness, callRing, attemptRing, mirroring, new UnroutedTraffic());
    }

    private OutboundGate(
            Clock clock,
            Randomness randomness,
            Ring<OutboundCall> callRing,
            Ring<OutboundAttempt> attemptRing,
            Mirroring mirroring,
            UnroutedTraffic unrouted) {
        this.clock = clock;
        this.randomness = randomness;
        this.callRing = callRing;
        this.attemptRing = attemptRing;
        this.mirroring = mirroring;
        this.unrouted = unrouted;
    }

    /**
     * {@return the life of a call, not yet started}
     *
     * @param call what is asked for
     * @param virtualHost the destination it names
     * @param config the config in use, for messages and explanations
     */
    public Dispatch dispatch(Call call, VirtualHost virtualHost, Explains config) {
        return new Dispatch(this, call, virtualHost, config);
    }

    /** {@return counters of calls that lead to no cluster} */
    public UnroutedTraffic unrouted() {
        return unrouted;
    }

    /** Refuses every call that starts from now on; calls under way end as they would have. */
    public void close() {
        closed = true;
        mirroring.close();
    }

    boolean closed() {
        return closed;
    }

    Clock clock() {
        return clock;
    }

    Randomness randomness() {
        return randomness;
    }

    Mirroring mirroring() {
        return mirroring;
    }

    Ring<OutboundCall> callRing() {
        return callRing;
    }

    Ring<OutboundAttempt> attemptRing() {
        return attemptRing;
    }
}
