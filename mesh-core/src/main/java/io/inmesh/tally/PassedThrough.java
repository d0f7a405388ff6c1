package io.inmesh.tally;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts calls to hosts that the mesh does not know and leaves alone: that they were made is all it learns of them. Bounded: hosts beyond
 * {@link #MAX_HOSTS} count as one called {@code other}; hosts that are not called any more are forgotten. Thread-safe; reports are taken
 * by one asker.
 */
public final class PassedThrough {

    /** Hosts told apart. */
    static final int MAX_HOSTS = 100;

    private static final String OTHER = "other";

    private final Map<String, Host> hosts = new ConcurrentHashMap<>();

    private static final class Host {
        private final LongAdder calls = new LongAdder();
        private long taken;
        private int quietReports;
    }

    /** Makes counters at zero. */
    public PassedThrough() {}

    /** Counts a call. */
    public void call(String host) {
        Host known = hosts.get(host);
        if (known == null) {
            known = hosts.computeIfAbsent(hosts.size() < MAX_HOSTS ? host : OTHER, unseen -> new Host());
        }
        known.calls.increment();
    }

    /** {@return calls since this was asked last, to hosts that were called} */
    public List<Share> take() {
        List<Share> shares = new ArrayList<>();
        hosts.forEach((name, host) -> {
            long now = host.calls.sum();
            if (now > host.taken) {
                shares.add(new Share(name, now - host.taken));
                host.taken = now;
                host.quietReports = 0;
            } else if (++host.quietReports > RouteTraffic.QUIET_REPORTS) {
                hosts.remove(name, host);
            }
        });
        return shares;
    }

    /**
     * Calls to one host.
     *
     * @param host its name as the application wrote it, without port
     * @param calls how many
     */
    public record Share(String host, long calls) {}
}
