package io.inmesh.balance;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.LoadSample;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** What an endpoint of a {@link SamplePool} said about its load, and how often that may still be used to choose it. */
final class Sample {

    private static final AtomicIntegerFieldUpdater<Sample> USES =
            AtomicIntegerFieldUpdater.newUpdater(Sample.class, "uses");

    private final Endpoint endpoint;
    private final LoadSample said;
    private volatile int uses;

    Sample(Endpoint endpoint, LoadSample said, int uses) {
        this.endpoint = endpoint;
        this.said = said;
        this.uses = uses;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    long atNanos() {
        return said.atNanos();
    }

    long serviceTimeNanos() {
        return said.load().serviceTimeNanos();
    }

    /** {@return requests in flight there, as far as known: what it said and what was sent since, or what is known to be there} */
    int requestsInFlight() {
        var experience = endpoint.experience();
        int since = experience == null ? 0 : Math.max(0, experience.sends() - said.sends());
        return Math.max(said.load().requestsInFlight() + since, endpoint.inFlight());
    }

    /** {@return whether this was its last use} */
    boolean use() {
        return USES.decrementAndGet(this) <= 0;
    }
}
