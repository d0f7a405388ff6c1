package io.inmesh.dispatch;

import io.inmesh.call.Call;
import io.inmesh.call.Probe;
import io.inmesh.call.Prober;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.Experience;
import io.inmesh.endpoint.LoadSink;
import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.load.ServerLoad;
import io.inmesh.observe.MeshObserver;
import io.inmesh.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the probes sent that balancers want, and never many at once. One per mesh; thread-safe. */
final class Probes {

    private static final Logger LOG = LoggerFactory.getLogger(Probes.class);
    /** Longer than an answer is of use: giving up may cost the connection, and the first answer may need a new one. */
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(2);

    static final int MOST_UNDER_WAY = 64;

    private final MeshObserver observer;
    private final Clock clock;
    private final AtomicInteger underWay = new AtomicInteger();

    /**
     * Makes one.
     *
     * @param observer told about each probe
     */
    Probes(MeshObserver observer, Clock clock) {
        this.observer = observer;
        this.clock = clock;
    }

    /**
     * Sends what is due when a call is about to be sent, over connections like that call's.
     *
     * @param sinks the balancers that choose among the endpoints
     */
    void sendDue(List<LoadSink> sinks, OutboundAttempt attempt) {
        Prober prober = attempt.call().prober();
        if (prober == null) {
            return;
        }
        long now = attempt.startedNanos();
        for (int i = 0; i < sinks.size(); i++) {
            Endpoint endpoint = sinks.get(i).toProbe();
            if (endpoint == null) {
                continue;
            }
            Experience experience = endpoint.experience();
            if (experience != null && !experience.restsFromProbes(now)) {
                send(prober, endpoint, experience, attempt, now);
            }
        }
    }

    private void send(Prober prober, Endpoint endpoint, Experience experience, OutboundAttempt attempt, long now) {
        if (underWay.incrementAndGet() > MOST_UNDER_WAY) {
            underWay.decrementAndGet();
            return;
        }
        Question question = new Question(endpoint, experience, attempt.call(), attempt.securityOf(endpoint), now);
        try {
            prober.probe(question);
        } catch (RuntimeException e) {
            LOG.debug("{} could not be asked for its load; calls go on without", endpoint, e);
            question.failed();
        }
    }

    /** One probe. */
    private final class Question implements Probe {
        private final Endpoint endpoint;
        private final Experience experience;
        private final Call occasion;
        private final @Nullable ConnectionSecurity security;
        private final long sentNanos;
        private final AtomicBoolean ended = new AtomicBoolean();

        Question(
                Endpoint endpoint,
                Experience experience,
                Call occasion,
                @Nullable ConnectionSecurity security,
                long sentNanos) {
            this.endpoint = endpoint;
            this.experience = experience;
            this.occasion = occasion;
            this.security = security;
            this.sentNanos = sentNanos;
        }

        @Override
        public Endpoint endpoint() {
            return endpoint;
        }

        @Override
        public @Nullable ConnectionSecurity security() {
            return security;
        }

        @Override
        public Call occasion() {
            return occasion;
        }

        @Override
        public long timeoutNanos() {
            return TIMEOUT_NANOS;
        }

        @Override
        public void answered(ServerLoad load) {
            if (end(true)) {
                // As old as the question: the answer may have been given just after it was put.
                experience.reported(endpoint, load, sentNanos, true);
            }
        }

        @Override
        public void failed() {
            end(false);
        }

        private boolean end(boolean answered) {
            if (!ended.compareAndSet(false, true)) {
                return false;
            }
            underWay.decrementAndGet();
            experience.probed(answered, clock.nanos());
            observer.probed(endpoint, answered);
            return true;
        }
    }
}
