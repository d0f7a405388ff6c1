package io.inmesh.server.ads;

import io.inmesh.server.ca.Caller;
import io.inmesh.server.ca.WorkloadIdentity;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How much memory the names may take that clients subscribe to, over all streams. Each stream has a limit of its own, but a client may open
 * thousands. A caller may have half of what the others leave, so that one that takes all it can get leaves as much for them. Safe for use by
 * several threads.
 */
final class NamesBudget {
    private final long limit;
    private final Map<Object, Long> byCaller = new HashMap<>();
    private long all;

    /**
     * @param limit bytes, about, for all callers together
     */
    NamesBudget(long limit) {
        this.limit = limit;
    }

    /** {@return a third of what the process may have: names and what is held for them take about half as much again as is counted} */
    static NamesBudget ofThisProcess() {
        return new NamesBudget(Runtime.getRuntime().maxMemory() / 3);
    }

    /** {@return what one stream of a caller takes: those of an identity count together, or of an address where nobody proves one} */
    Share shareOf(Caller caller) {
        InetAddress ip = caller.ip();
        return new Share(caller.identity().<Object>map(WorkloadIdentity::uri).orElse(ip == null ? "" : ip));
    }

    /** What the names of one stream take. For one thread. */
    final class Share {
        private final Object caller;
        private long granted;

        private Share(Object caller) {
            this.caller = caller;
        }

        /** {@return whether the names may take so many bytes from now on; else it stays as it was} */
        boolean become(long bytes) {
            boolean may = grant(caller, granted, bytes);
            granted = may ? bytes : granted;
            return may;
        }
    }

    /**
     * Has a stream's names take another amount from now on. Less is always granted.
     *
     * @param caller whose stream it is
     * @param before what the stream was granted last, 0 at first; it keeps that if it is not granted more
     * @return whether it is granted
     */
    synchronized boolean grant(Object caller, long before, long now) {
        long own = byCaller.getOrDefault(caller, 0L);
        long wanted = own - before + now;
        if (now > before && wanted > (limit - (all - own)) / 2) {
            return false;
        }
        all += now - before;
        if (wanted == 0) {
            byCaller.remove(caller);
        } else {
            byCaller.put(caller, wanted);
        }
        return true;
    }
}
