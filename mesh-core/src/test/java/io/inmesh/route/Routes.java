package io.inmesh.route;

import io.inmesh.cluster.Cluster;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.testkit.FakeClock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compiled routes without endpoints. */
final class Routes {

    private static final FakeClock CLOCK = new FakeClock();

    private Routes() {}

    static VirtualHost host(RouteConfig... routes) {
        return host(new VirtualHostConfig("reviews", 0, List.of("reviews"), List.of(routes)));
    }

    static VirtualHost host(VirtualHostConfig config) {
        Map<String, Cluster> clusters = new HashMap<>();
        return VirtualHost.compile(
                config, name -> clusters.computeIfAbsent(name, missing -> Cluster.missing(missing, CLOCK)));
    }

    static Route route(RouteConfig config) {
        return host(config).routes().get(0);
    }

    static Route route(RouteMatch match) {
        return route(RouteConfig.of("r", match, RouteAction.to("c")));
    }
}
