package io.inmesh.tally;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the calls to one cluster, by route and by who answered. Bounded: routes beyond {@link #MAX_ROUTES} count as one called {@code
 * other}. Thread-safe; reports are taken by one asker.
 */
public final class ClusterTraffic {

    /** Routes told apart. */
    static final int MAX_ROUTES = 200;

    private static final String OTHER = "other";

    private final Map<String, RouteTraffic> routes = new ConcurrentHashMap<>();
    private final List<RouteTraffic> leaving = new ArrayList<>();

    /** Makes counters at zero. */
    public ClusterTraffic() {}

    /** {@return the counters of a route, to be asked for again once they are {@linkplain RouteTraffic#forgotten forgotten}} */
    public RouteTraffic route(String name) {
        RouteTraffic known = routes.get(name);
        if (known != null) {
            return known;
        }
        return routes.computeIfAbsent(routes.size() < MAX_ROUTES ? name : OTHER, RouteTraffic::new);
    }

    /** {@return what was counted since this was asked last} */
    public List<RouteTraffic.Share> take() {
        List<RouteTraffic.Share> shares = new ArrayList<>();
        leaving.forEach(route -> route.take(shares));
        leaving.clear();
        Iterator<RouteTraffic> all = routes.values().iterator();
        while (all.hasNext()) {
            RouteTraffic route = all.next();
            route.take(shares);
            if (route.quietReports() > RouteTraffic.QUIET_REPORTS) {
                all.remove();
                route.forget();
                leaving.add(route);
            }
        }
        return shares;
    }
}
