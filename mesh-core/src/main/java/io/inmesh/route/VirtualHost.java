package io.inmesh.route;

import io.inmesh.call.Call;
import io.inmesh.config.VirtualHostConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The routes of one destination name. Immutable. */
public final class VirtualHost {

    private final VirtualHostConfig config;
    private final Route[] routes;

    /** Makes a virtual host of compiled routes. */
    public VirtualHost(VirtualHostConfig config, List<Route> routes) {
        this.config = config;
        this.routes = routes.toArray(new Route[0]);
    }

    /** {@return its name} */
    public String name() {
        return config.name();
    }

    int port() {
        return config.port();
    }

    List<String> domains() {
        return config.domains();
    }

    /** {@return the first route that matches a call, null if none does} */
    public @Nullable Route match(Call call) {
        for (Route route : routes) {
            if (route.matches(call)) {
                return route;
            }
        }
        return null;
    }

    /** {@return its routes in order} */
    public List<Route> routes() {
        return List.of(routes);
    }
}
