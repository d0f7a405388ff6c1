package io.inmesh.balance;

import io.inmesh.config.ProbingConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.LoadSample;
import io.inmesh.endpoint.LoadSink;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Chooses by what endpoints said about their load lately: on responses, which costs nothing, and on probes, of which it says when and
 * whom. Sending them is somebody else's part and holds up nobody.
 *
 * <p>Source: Prequal (Wydrowski et al., NSDI 2024). What is different and why:
 *
 * <ul>
 *   <li>The pool is small. All clients' pools together, times the uses of a sample, are the burst that one server may get between two looks at
 *       it; with the paper's 16 that is more than servers have in flight. It holds about as many samples as this process has requests
 *       in flight, which is clients times pool over servers being about what one server has in flight.
 *   <li>Every response brings a sample, so probes are only for the endpoints one has not called lately, and cease where one's own
 *       requests reach every endpoint all the time.
 *   <li>With fewer than two samples the choice is {@link PeakEwma}'s, not a uniformly random one.
 * </ul>
 */
final class Probing implements Balancer, LoadSink {

    private static final int SMALLEST_POOL = 3;
    private static final int LARGEST_ADAPTIVE_POOL = 8;
    private static final int MOST_USES = 4;
    /** Excess of uses over picks, so that the pool does not run empty. Source: Prequal's delta. */
    private static final double DELTA = 1;
    /** Samples taken out per pick beside those used up. */
    private static final double REMOVED_PER_PICK = 0.25;
    /** Share of the probe rate that is kept for a rule which compares with what probes find. */
    private static final double LEAST_SHARE = 0.2;
    /** Probes that may wait to be sent; more are not made up for. */
    private static final int MOST_DUE = 4;

    private static final int PRECISION = 1 << 16;

    private final ProbingConfig config;
    private final PeakEwma fallback;
    private final SampleRule rule;
    private final Clock clock;
    private final Randomness randomness;
    private final SamplePool samples;
    private final OwnLoad ownLoad;
    private final long maxAgeNanos;
    private final AtomicInteger due = new AtomicInteger();
    private volatile Pool pool = Pool.EMPTY;
    private volatile boolean removeWorst;

    Probing(ProbingConfig config, PeakEwma fallback, Clock clock, Randomness randomness) {
        this.config = config;
        this.fallback = fallback;
        this.rule = config.rule() == ProbingConfig.Rule.HCL ? new HotCold(config.qRif()) : new ShortestDelay();
        this.clock = clock;
        this.randomness = randomness;
        this.maxAgeNanos = config.sampleMaxAge().toNanos();
        this.samples = new SamplePool(maxAgeNanos);
        this.ownLoad = new OwnLoad(clock.nanos());
    }

    @Override
    public @Nullable Endpoint pick(Pool from, @Nullable Tried tried) {
        long now = clock.nanos();
        pool = from;
        ownLoad.picked(now);
        if (from.size() == 1) {
            return fallback.pickAt(from, tried, now);
        }
        Endpoint best = best(from, tried, now);
        if (chance(best == null ? config.probesPerCall() : probeRate(from.size())) && due.get() < MOST_DUE) {
            due.incrementAndGet();
        }
        if (best == null) {
            return fallback.pickAt(from, tried, now);
        }
        if (chance(REMOVED_PER_PICK) && samples.live(now) > 2) {
            removeOne(now);
        }
        return best;
    }

    /** {@return the endpoint with the best sample, which is used up by that; null if there are fewer than two to choose from} */
    private @Nullable Endpoint best(Pool from, @Nullable Tried tried, long now) {
        Sample best = null;
        int place = -1;
        int eligible = 0;
        for (int i = 0; i < samples.places(); i++) {
            Sample sample = samples.at(i, now);
            if (sample == null || !mayPick(from, tried, sample.endpoint())) {
                continue;
            }
            eligible++;
            if (best == null || rule.better(sample, best, now)) {
                best = sample;
                place = i;
            }
        }
        if (best == null || eligible < 2) {
            return null;
        }
        if (best.use()) {
            samples.remove(place, best);
        }
        return best.endpoint();
    }

    private static boolean mayPick(Pool from, @Nullable Tried tried, Endpoint endpoint) {
        return from.contains(endpoint) && (tried == null || !tried.contains(endpoint));
    }

    private void removeOne(long now) {
        // Which one is next need not be exact between threads.
        boolean worst = removeWorst;
        removeWorst = !worst;
        if (worst) {
            samples.removeWorst(rule, now);
        } else {
            samples.removeOldest(now);
        }
    }

    @Override
    public void reported(Endpoint endpoint, LoadSample sample) {
        long now = clock.nanos();
        if (now - sample.atNanos() > maxAgeNanos) {
            return;
        }
        if (sample.load().serviceTimeNanos() > 0) {
            ownLoad.served(sample.load().serviceTimeNanos());
        }
        if (sample.probed()) {
            rule.probed(sample.load().requestsInFlight());
        }
        samples.add(new Sample(endpoint, sample, sample.probed() ? usesOfProbe() : 1), poolSize(), now);
    }

    @Override
    public @Nullable Endpoint toProbe() {
        int waiting = due.get();
        Pool from = pool;
        if (waiting == 0 || from.size() < 2 || !due.compareAndSet(waiting, waiting - 1)) {
            return null;
        }
        return from.at(randomness.below(from.size()));
    }

    /** {@return probes to send for one pick, 0 to 1} */
    double probeRate(int endpoints) {
        if (ownLoad.gapNanos() > maxAgeNanos) {
            // The answer would be too old for the next pick.
            return 0;
        }
        double covered = Math.min(1, ownLoad.requests() / endpoints);
        return config.probesPerCall() * Math.max(rule.needsProbes() ? LEAST_SHARE : 0, 1 - covered);
    }

    /** {@return how many samples to keep} */
    int poolSize() {
        if (config.poolSize() != ProbingConfig.ADAPTIVE) {
            return config.poolSize();
        }
        double size = Math.max(SMALLEST_POOL, Math.min(LARGEST_ADAPTIVE_POOL, ownLoad.requests() + 1));
        return (int) Math.round(size);
    }

    /** {@return how often a probe's answer may be used: Prequal's reuse, rounded up or down by chance, and never more than a few times} */
    private int usesOfProbe() {
        int endpoints = Math.max(2, pool.size());
        double gained = (1 - Math.min(1, poolSize() / (double) endpoints)) * probeRate(endpoints) - REMOVED_PER_PICK;
        double uses = gained <= 0 ? MOST_USES : Math.min(MOST_USES, Math.max(1, (1 + DELTA) / gained));
        int whole = (int) uses;
        return chance(uses - whole) ? whole + 1 : whole;
    }

    private boolean chance(double probability) {
        return probability > 0 && randomness.below(PRECISION) < probability * PRECISION;
    }
}
