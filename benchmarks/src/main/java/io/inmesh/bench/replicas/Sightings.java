package io.inmesh.bench.replicas;

import java.util.Arrays;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which change each process has in use, and when the last one had each. Safe for use by several threads. */
final class Sightings {

    private final long[] newest;
    private final TreeMap<Long, Integer> reached = new TreeMap<>();
    private final TreeMap<Long, Long> everywhere = new TreeMap<>();
    private long stepsBack;

    /**
     * Makes one in which nobody has anything.
     *
     * @param processes how many there are
     */
    Sightings(int processes) {
        newest = new long[processes];
    }

    /** A process uses a change, and with it those before. */
    synchronized void sees(int process, long change, long nanos) {
        if (change < newest[process]) {
            stepsBack++;
        }
        for (long each = newest[process] + 1; each <= change; each++) {
            if (reached.merge(each, 1, Integer::sum) == newest.length) {
                reached.remove(each);
                everywhere.put(each, nanos);
            }
        }
        newest[process] = Math.max(newest[process], change);
    }

    /** {@return when the last process had a change, null while one has not} */
    synchronized @Nullable Long everywhere(long change) {
        return everywhere.get(change);
    }

    /** {@return how often a process went back to an older state, since it came to a server that knew no newer one} */
    synchronized long stepsBack() {
        return stepsBack;
    }

    /** {@return the newest change that all processes have} */
    synchronized long oldest() {
        return Arrays.stream(newest).min().orElse(0);
    }
}
