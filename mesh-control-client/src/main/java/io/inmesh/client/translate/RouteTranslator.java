package io.inmesh.client.translate;

import io.inmesh.config.FaultConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RewriteConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.xds.route.RetryPolicy;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteConfiguration;
import io.inmesh.xds.route.VirtualHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Route configurations (RDS) to virtual hosts. Which port they are for is said by the listener that leads to them. */
final class RouteTranslator {

    private final ResourceReader reader;
    private final Matchers matchers;
    private final RouteActions actions;
    private final FaultTranslator faults;

    RouteTranslator(ResourceReader reader) {
        this.reader = reader;
        this.matchers = new Matchers(reader);
        this.actions = new RouteActions(reader);
        this.faults = new FaultTranslator(reader);
    }

    List<VirtualHostConfig> translate(RouteConfiguration routes) {
        List<VirtualHostConfig> hosts = new ArrayList<>();
        for (VirtualHost host : routes.getVirtualHostsList()) {
            String field = "virtual_hosts[" + host.getName() + "]";
            IgnoredFields ignored = reader.ignored();
            ignored.noteIf(host.getRequireTlsValue() != 0, field + ".require_tls", "use a redirect route");
            ignored.noteIf(
                    host.getIncludeRequestAttemptCount(),
                    field + ".include_request_attempt_count",
                    "attempts are told by traces and metrics");
            List<String> domains = host.getDomainsList().stream()
                    .map(domain -> domain.toLowerCase(Locale.ROOT))
                    .toList();
            FaultConfig fault = faults.translate(field + ".typed_per_filter_config", host.getTypedPerFilterConfigMap());
            List<RouteConfig> own = new ArrayList<>();
            for (int i = 0; i < host.getRoutesCount(); i++) {
                own.add(route(field + ".routes[" + i + "]", routes, host, host.getRoutes(i), fault));
            }
            hosts.add(new VirtualHostConfig(host.getName(), 0, domains, own));
        }
        return hosts;
    }

    private RouteConfig route(
            String field, RouteConfiguration routes, VirtualHost host, Route route, @Nullable FaultConfig hostFault) {
        Duration timeout = null;
        RetryConfig retry = RetryConfig.NONE;
        RewriteConfig rewrite = null;
        if (route.hasRoute()) {
            timeout = RouteActions.timeout(route.getRoute());
            retry = RetryTranslator.translate(
                    field + ".route.retry_policy", retryPolicy(host, route), reader.ignored());
            rewrite = RouteActions.rewrite(route.getRoute());
        }
        FaultConfig fault = faults.translate(field + ".typed_per_filter_config", route.getTypedPerFilterConfigMap());
        boolean ownFault = route.getTypedPerFilterConfigMap().containsKey(FaultTranslator.FILTER);
        return new RouteConfig(
                route.getName().isEmpty() ? "default" : route.getName(),
                matchers.route(field + ".match", route.getMatch()),
                actions.translate(field, route),
                timeout,
                retry,
                ownFault ? fault : hostFault,
                rewrite,
                HashPolicies.translate(
                        field + ".route.hash_policy", route.getRoute().getHashPolicyList(), reader.ignored()),
                new HeaderEdits(reader.ignored())
                        .and(
                                field + ".request_headers_to_add",
                                route.getRequestHeadersToAddList(),
                                route.getRequestHeadersToRemoveList())
                        .and(
                                "virtual_hosts[" + host.getName() + "].request_headers_to_add",
                                host.getRequestHeadersToAddList(),
                                host.getRequestHeadersToRemoveList())
                        .and(
                                "request_headers_to_add",
                                routes.getRequestHeadersToAddList(),
                                routes.getRequestHeadersToRemoveList())
                        .build(),
                new HeaderEdits(reader.ignored())
                        .and(
                                field + ".response_headers_to_add",
                                route.getResponseHeadersToAddList(),
                                route.getResponseHeadersToRemoveList())
                        .and(
                                "virtual_hosts[" + host.getName() + "].response_headers_to_add",
                                host.getResponseHeadersToAddList(),
                                host.getResponseHeadersToRemoveList())
                        .and(
                                "response_headers_to_add",
                                routes.getResponseHeadersToAddList(),
                                routes.getResponseHeadersToRemoveList())
                        .build(),
                Values.origin(route.getMetadata()));
    }

    private static @Nullable RetryPolicy retryPolicy(VirtualHost host, Route route) {
        if (route.getRoute().hasRetryPolicy()) {
            return route.getRoute().getRetryPolicy();
        }
        return host.hasRetryPolicy() ? host.getRetryPolicy() : null;
    }
}
