package io.inmesh.config;

import java.util.List;
import java.util.Objects;

/**
 * The routes of one destination name.
 *
 * <p>Source: Envoy {@code VirtualHost}. The first route that matches is taken; a request that no route matches is
 * answered 404 as Envoy does.
 *
 * @param name unique name for {@code explain}, e.g. {@code reviews.default.svc.cluster.local:9080}
 * @param port destination port it applies to, or 0 for every port
 * @param domains lower case host names without port: exact, {@code *.suffix}, or {@code *}
 * @param routes rules in order
 */
public record VirtualHostConfig(String name, int port, List<String> domains, List<RouteConfig> routes) {

    /** Copies the lists. */
    public VirtualHostConfig {
        Objects.requireNonNull(name, "name");
        domains = List.copyOf(domains);
        routes = List.copyOf(routes);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port of virtual host \"" + name + "\" must be 0 to 65535: " + port);
        }
    }

    /**
     * {@return a virtual host for one authority}
     *
     * @param authority {@code host} or {@code host:port}
     * @param routes rules in order
     */
    public static VirtualHostConfig of(String authority, RouteConfig... routes) {
        int colon = authority.lastIndexOf(':');
        String host = colon < 0 ? authority : authority.substring(0, colon);
        int port = colon < 0 ? 0 : Integer.parseInt(authority.substring(colon + 1));
        return new VirtualHostConfig(authority, port, List.of(host), List.of(routes));
    }
}
