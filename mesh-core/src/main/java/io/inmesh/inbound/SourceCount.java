package io.inmesh.inbound;

import io.inmesh.call.Outcome;
import io.inmesh.tally.CallTally;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the requests of one source to one port, in one way of connecting. Counting is striped and takes no lock. */
final class SourceCount {

    private final int port;
    private final boolean secure;
    private final CallTally tally = new CallTally();
    // As many entries as there are policies in a dry run, since only their names are keys.
    private final Map<String, LongAdder> shadowDenied = new ConcurrentHashMap<>();
    // What was reported before; only the reporting thread reads and writes these.
    private final Map<String, Long> shadowDeniedTaken = new TreeMap<>();

    SourceCount(int port, boolean secure) {
        this.port = port;
        this.secure = secure;
    }

    boolean isFor(int port, boolean secure) {
        return this.port == port && this.secure == secure;
    }

    void request(Outcome outcome, long nanos) {
        tally.add(CallTally.Counted.ONCE, outcome, nanos);
    }

    void shadowDenied(String policy) {
        shadowDenied.computeIfAbsent(policy, name -> new LongAdder()).increment();
    }

    /** {@return what came since this was asked last} */
    SourceShare take(String source, boolean identified) {
        CallTally.Taken requests = tally.take();
        Map<String, Long> shadow = new TreeMap<>();
        shadowDenied.forEach((policy, count) -> {
            long now = count.sum();
            Long before = shadowDeniedTaken.put(policy, now);
            if (now > (before == null ? 0 : before)) {
                shadow.put(policy, now - (before == null ? 0 : before));
            }
        });
        return new SourceShare(
                source, identified, secure, port, requests.once(), requests.insecure(), shadow, requests.counts());
    }
}
