package io.inmesh.probe;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.Experience;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.load.ServerLoad;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One question for an endpoint's load. Ends once, answered or failed; whatever comes later does nothing. */
public final class Probe {

    private final Probes probes;
    private final Endpoint endpoint;
    private final String authority;
    private final @Nullable PeerExpectation security;
    private final long sentNanos;
    private final long timeoutNanos;
    private final AtomicBoolean ended = new AtomicBoolean();

    Probe(
            Probes probes,
            Endpoint endpoint,
            String authority,
            @Nullable PeerExpectation security,
            long sentNanos,
            long timeoutNanos) {
        this.probes = probes;
        this.endpoint = endpoint;
        this.authority = authority;
        this.security = security;
        this.sentNanos = sentNanos;
        this.timeoutNanos = timeoutNanos;
    }

    /** {@return whom to ask} */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** {@return what the application calls the service: host, or host and port} */
    public String authority() {
        return authority;
    }

    /** {@return whom the peer must prove to be; null for plaintext} */
    public @Nullable PeerExpectation security() {
        return security;
    }

    /** {@return after which nobody is interested in the answer any more} */
    public long timeoutNanos() {
        return timeoutNanos;
    }

    /** Hands in the answer. */
    public void answered(ServerLoad load) {
        if (ended.compareAndSet(false, true)) {
            probes.ended(endpoint, true);
            Experience experience = endpoint.experience();
            if (experience != null) {
                // As old as the question: the answer may have been given just after it was put.
                experience.reported(endpoint, load, sentNanos, true);
            }
        }
    }

    /** Says that there is no answer, for whatever reason. */
    public void failed() {
        if (ended.compareAndSet(false, true)) {
            probes.ended(endpoint, false);
        }
    }
}
