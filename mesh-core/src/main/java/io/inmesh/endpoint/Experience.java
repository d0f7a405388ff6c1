package io.inmesh.endpoint;

import io.inmesh.load.ServerLoad;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What attempts to one endpoint experienced, and what it said about itself. Kept only where a balancer goes by it; lives and dies with the
 * endpoint, so it outlives configs and nothing else. Lock-free; every time is an argument.
 *
 * <p>Sources: Finagle and Linkerd peak EWMA; Prequal. An endpoint that nobody calls is forgotten little by little, so that it gets
 * another chance; as long as a request is on its way, all that is known counts again, so only that one is risked.
 */
public final class Experience {

    /** How far one outcome moves the share of errors. */
    private static final double ERROR_STEP = 0.2;

    private static final long FIRST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Up to about 100 s. */
    private static final int MOST_DOUBLINGS = 10;

    private static final AtomicIntegerFieldUpdater<Experience> SENDS =
            AtomicIntegerFieldUpdater.newUpdater(Experience.class, "sends");

    private final Fading latency;
    private final Fading errors;
    private volatile double decayNanos;
    private volatile long quietSinceNanos;
    private volatile int sends;
    private volatile int unanswered;
    private volatile long restUntilNanos;
    private volatile @Nullable LoadSample lastSample;
    private volatile List<LoadSink> sinks = List.of();

    /** How an attempt ended, as far as load goes. */
    public enum End {
        /** Well. */
        SUCCEEDED,
        /** With an error, of the endpoint or on the way. */
        FAILED,
        /** Without telling anything about the endpoint. */
        UNKNOWN
    }

    Experience(double initialLatencyNanos, double decayNanos, long nowNanos) {
        this.latency = new Fading(initialLatencyNanos, nowNanos);
        this.errors = new Fading(0, nowNanos);
        this.decayNanos = decayNanos;
        this.quietSinceNanos = nowNanos;
    }

    void decay(double nanos) {
        decayNanos = nanos;
    }

    /**
     * Learns that an attempt is being sent.
     *
     * @param alone whether no other is in flight
     */
    public void began(boolean alone, long nowNanos) {
        if (alone) {
            quietSinceNanos = nowNanos;
        }
        SENDS.incrementAndGet(this);
    }

    /**
     * Learns how an attempt ended.
     *
     * @param tookNanos how long it took; a failure's only counts if it is longer than what is usual, so that failing fast is no merit
     */
    public void ended(End end, long tookNanos, long nowNanos) {
        quietSinceNanos = nowNanos;
        if (end == End.SUCCEEDED || tookNanos > latency.last()) {
            latency.peak(tookNanos, nowNanos, decayNanos);
        }
        if (end != End.UNKNOWN) {
            errors.step(end == End.FAILED ? 1 : 0, ERROR_STEP, nowNanos, decayNanos);
        }
    }

    /**
     * {@return the response time to reckon with, in nanoseconds: the peak average, or how long some request has been waiting for an
     * answer already, if that is longer}
     */
    public double latencyNanos(int inFlight, long nowNanos) {
        return inFlight > 0 ? Math.max(latency.last(), quietNanos(nowNanos)) : latency.faded(nowNanos, decayNanos);
    }

    /** {@return share of attempts that fail, 0 to 1} */
    public double errorShare(int inFlight, long nowNanos) {
        return inFlight > 0 ? errors.last() : errors.faded(nowNanos, decayNanos);
    }

    /** {@return for how long nothing has ended although something is in flight; of no meaning if nothing is} */
    public long quietNanos(long nowNanos) {
        return Math.max(0, nowNanos - quietSinceNanos);
    }

    /** {@return attempts sent so far; wraps around, so only differences mean something} */
    public int sends() {
        return sends;
    }

    /** Learns whether a probe was answered. One that is not is followed by a pause, each time twice as long, up to 100 s. */
    public void probed(boolean answered, long nowNanos) {
        if (answered) {
            unanswered = 0;
            return;
        }
        int times = Math.min(MOST_DOUBLINGS, unanswered + 1);
        unanswered = times;
        restUntilNanos = nowNanos + (FIRST_REST_NANOS << times);
    }

    /** {@return whether it is not asked for now, because it has not answered: it may not be a member of the mesh at all} */
    public boolean restsFromProbes(long nowNanos) {
        return unanswered > 0 && restUntilNanos - nowNanos > 0;
    }

    /** Sets who else is told what the endpoint says about its load; each hears at once what it said last. */
    public void feed(Endpoint endpoint, List<LoadSink> told) {
        sinks = List.copyOf(told);
        LoadSample last = lastSample;
        if (last != null) {
            told.forEach(sink -> sink.reported(endpoint, last));
        }
    }

    /** {@return who is told what the endpoint says about its load; empty if nobody asks for it} */
    public List<LoadSink> sinks() {
        return sinks;
    }

    /**
     * Learns what the endpoint says about its load.
     *
     * @param load what it said
     * @param atNanos when: for a probe, when it was sent
     * @param probed whether it was asked, rather than said it on a response
     */
    public void reported(Endpoint endpoint, ServerLoad load, long atNanos, boolean probed) {
        LoadSample sample = new LoadSample(load, atNanos, probed, sends);
        lastSample = sample;
        for (LoadSink sink : sinks) {
            sink.reported(endpoint, sample);
        }
    }
}
