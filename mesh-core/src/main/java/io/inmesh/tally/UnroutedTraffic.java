package io.inmesh.tally;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts calls that lead to no cluster, by the virtual host they were meant for: no route matched, or the route answered itself. Bounded:
 * virtual hosts beyond {@link #MAX_HOSTS} count as one called {@code other}, and those without a call for {@link
 * RouteTraffic#QUIET_REPORTS} reports make room. Thread-safe; reports are taken by one asker.
 */
public final class UnroutedTraffic {

    /** Virtual hosts told apart. */
    static final int MAX_HOSTS = 100;

    private static final String OTHER = "other";

    private final Map<String, Host> hosts = new ConcurrentHashMap<>();
    private final List<Host> leaving = new ArrayList<>();

    private static final class Host {

        private final String name;
        private final ClusterTraffic traffic = new ClusterTraffic();
        private int quietReports;

        Host(String name) {
            this.name = name;
        }

        void take(List<Share> shares) {
            List<RouteTraffic.Share> routes = traffic.take();
            if (routes.isEmpty()) {
                quietReports++;
            } else {
                quietReports = 0;
                shares.add(new Share(name, routes));
            }
        }
    }

    /** Makes counters at zero. */
    public UnroutedTraffic() {}

    /** {@return where a call is counted} */
    public CallTally of(String virtualHost, String route, boolean grpc) {
        Host known = hosts.get(virtualHost);
        if (known == null) {
            known = hosts.computeIfAbsent(hosts.size() < MAX_HOSTS ? virtualHost : OTHER, Host::new);
        }
        return known.traffic.route(route).of(null, false, grpc);
    }

    /** {@return what was counted since this was asked last} */
    public List<Share> take() {
        List<Share> shares = new ArrayList<>();
        // A call may have ended just when its host lost its place.
        leaving.forEach(host -> host.take(shares));
        leaving.clear();
        Iterator<Host> all = hosts.values().iterator();
        while (all.hasNext()) {
            Host host = all.next();
            host.take(shares);
            if (host.quietReports > RouteTraffic.QUIET_REPORTS) {
                all.remove();
                leaving.add(host);
            }
        }
        return shares;
    }

    /**
     * Calls to one virtual host.
     *
     * @param virtualHost its name
     * @param routes what they came to, by route; the empty route for calls that matched none
     */
    public record Share(String virtualHost, List<RouteTraffic.Share> routes) {

        /** Copies the list. */
        public Share {
            routes = List.copyOf(routes);
        }
    }
}
