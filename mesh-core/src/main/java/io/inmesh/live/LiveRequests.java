package io.inmesh.live;

import io.inmesh.call.Outcome;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests as they end: shown to {@linkplain #tap whoever watches}, and remembered for a while if they failed or were drawn. While nobody
 * watches, an ordinary request costs one read of a volatile field and one draw of a random number. Thread-safe.
 */
public final class LiveRequests {

    /** Sees nothing and can be asked nothing. */
    public static final LiveRequests OFF = new LiveRequests(Clock.SYSTEM, bound -> bound - 1);

    /** Requests that are remembered; the oldest goes first. */
    public static final int REMEMBERED = 512;

    /** Who may watch at once. */
    public static final int MOST_TAPS = 4;

    /** Of ordinary requests one in so many is remembered. */
    static final int SAMPLE = 1024;

    /** Explanations of failures that are made a second at most; they cost far more than the rest. */
    static final int EXPLAINED_PER_SECOND = 5;

    private static final Logger LOG = LoggerFactory.getLogger(LiveRequests.class);
    private static final Tap[] NOBODY = {};
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Clock clock;
    private final Randomness randomness;
    private final AtomicReferenceArray<@Nullable SeenRequest> remembered = new AtomicReferenceArray<>(REMEMBERED);
    private final AtomicInteger cursor = new AtomicInteger();
    private final AtomicLong explainedSecond = new AtomicLong(Long.MIN_VALUE);
    private final AtomicInteger explained = new AtomicInteger();
    private volatile Tap[] taps = NOBODY;

    /**
     * Makes a view that has seen nothing.
     *
     * @param clock what bounds rates
     * @param randomness what draws ordinary requests to be remembered
     */
    public LiveRequests(Clock clock, Randomness randomness) {
        this.clock = clock;
        this.randomness = randomness;
    }

    /** {@return whether a request that ended so is to be {@linkplain #show shown}} */
    public boolean wants(Outcome outcome) {
        return taps != NOBODY || SeenRequests.failed(outcome) || randomness.below(SAMPLE) == 0;
    }

    /** {@return whether an explanation is to be made for one that {@linkplain #wants is wanted}} */
    public boolean wantsExplanation(Outcome outcome) {
        if (!SeenRequests.failed(outcome)) {
            return false;
        }
        long second = Math.floorDiv(clock.nanos(), SECOND);
        if (explainedSecond.getAndSet(second) != second) {
            explained.set(0);
        }
        return explained.getAndIncrement() < EXPLAINED_PER_SECOND;
    }

    /** Shows a request to those who watch, and remembers it. */
    public void show(SeenRequest seen, Outcome outcome) {
        boolean failed = SeenRequests.failed(outcome);
        if (failed || taps == NOBODY || randomness.below(SAMPLE) == 0) {
            // While somebody watches every request comes by here, and ordinary ones must not drive failures out.
            remembered.set(Math.floorMod(cursor.getAndIncrement(), REMEMBERED), seen);
        }
        for (Tap tap : taps) {
            try {
                tap.offer(seen, failed);
            } catch (RuntimeException e) {
                LOG.warn("Somebody who watches requests failed; nothing else is affected", e);
            }
        }
    }

    /** {@return what is remembered of a request, newest first; empty if nothing is} */
    public List<SeenRequest> find(String id) {
        List<SeenRequest> found = new ArrayList<>();
        int newest = cursor.get() - 1;
        for (int i = 0; i < REMEMBERED; i++) {
            SeenRequest seen = remembered.get(Math.floorMod(newest - i, REMEMBERED));
            if (seen != null && seen.hasId(id)) {
                found.add(seen);
            }
        }
        return found;
    }

    /**
     * Begins to watch.
     *
     * @param filter which requests
     * @param perSecond how many a second at most
     * @param sink is given them, on the thread on which they end; must neither block nor throw
     * @return ends it when closed; null if {@link #MOST_TAPS} watch already
     */
    public synchronized @Nullable Tap tap(TapFilter filter, int perSecond, Consumer<SeenRequest> sink) {
        if (taps.length == MOST_TAPS || this == OFF) {
            return null;
        }
        Tap tap = new Tap(this, clock, filter, perSecond, sink);
        List<Tap> more = new ArrayList<>(List.of(taps));
        more.add(tap);
        taps = more.toArray(NOBODY);
        return tap;
    }

    synchronized void remove(Tap tap) {
        List<Tap> fewer = new ArrayList<>(List.of(taps));
        if (fewer.remove(tap)) {
            taps = fewer.isEmpty() ? NOBODY : fewer.toArray(NOBODY);
        }
    }
}
