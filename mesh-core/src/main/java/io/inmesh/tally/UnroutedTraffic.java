package io.inmesh.tally;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts calls that lead to no cluster, by the virtual host they were meant for: no route matched, or the route answered itself. Bounded:
 * virtual hosts beyond {@link #MAX_HOSTS} count as one called {@code other}. Thread-safe; reports are taken by one asker.
 */
public final class UnroutedTraffic {

    /** Virtual hosts told apart. */
    static final int MAX_HOSTS = 100;

    private static final String OTHER = "other";

    private final Map<String, ClusterTraffic> hosts = new ConcurrentHashMap<>();

    /** Makes counters at zero. */
    public UnroutedTraffic() {}

    /** {@return where a call is counted} */
    public CallTally of(String virtualHost, String route, boolean grpc) {
        ClusterTraffic known = hosts.get(virtualHost);
        if (known == null) {
            known = hosts.computeIfAbsent(
                    hosts.size() < MAX_HOSTS ? virtualHost : OTHER, unseen -> new ClusterTraffic());
        }
        return known.route(route).of(null, false, grpc);
    }

    /** {@return what was counted since this was asked last} */
    public List<Share> take() {
        List<Share> shares = new ArrayList<>();
        hosts.forEach((host, traffic) -> {
            List<RouteTraffic.Share> routes = traffic.take();
            if (!routes.isEmpty()) {
                shares.add(new Share(host, routes));
            }
        });
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
