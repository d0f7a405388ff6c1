package io.inmesh.client.translate;

import com.google.protobuf.Any;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.HeaderEditsConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RewriteConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.xds.filter.fault.FaultAbort;
import io.inmesh.xds.filter.fault.HTTPFault;
import io.inmesh.xds.route.RedirectAction;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteConfiguration;
import io.inmesh.xds.route.VirtualHost;
import io.inmesh.xds.route.WeightedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Route configurations (RDS) to virtual hosts. */
final class RouteTranslator {

    private static final String FAULT = "envoy.filters.http.fault";

    private final IgnoredFields ignored;

    RouteTranslator(IgnoredFields ignored) {
        this.ignored = ignored;
    }

    /**
     * {@return the virtual hosts of a route configuration}
     *
     * @param routes what was received
     * @param port destination port it applies to, 0 for every port
     */
    List<VirtualHostConfig> translate(RouteConfiguration routes, int port) {
        List<VirtualHostConfig> hosts = new ArrayList<>();
        for (VirtualHost host : routes.getVirtualHostsList()) {
            hosts.add(virtualHost(routes.getName(), host, port));
        }
        return hosts;
    }

    private VirtualHostConfig virtualHost(String resource, VirtualHost host, int port) {
        Set<String> domains = new LinkedHashSet<>();
        for (String domain : host.getDomainsList()) {
            domains.add(withoutPort(domain.toLowerCase(Locale.ROOT)));
        }
        List<RouteConfig> routes = new ArrayList<>();
        for (int i = 0; i < host.getRoutesCount(); i++) {
            routes.add(route(
                    resource, "virtual_hosts[" + host.getName() + "].routes[" + i + "]", host, host.getRoutes(i)));
        }
        return new VirtualHostConfig(host.getName(), port, List.copyOf(domains), routes);
    }

    private RouteConfig route(String resource, String field, VirtualHost host, Route route) {
        RouteMatch match = Matchers.route(resource, field + ".match", route.getMatch());
        HeaderEditsConfig requestHeaders =
                Values.headerEdits(route.getRequestHeadersToAddList(), route.getRequestHeadersToRemoveList());
        HeaderEditsConfig responseHeaders =
                Values.headerEdits(route.getResponseHeadersToAddList(), route.getResponseHeadersToRemoveList());
        Duration timeout = null;
        RetryConfig retry = RetryConfig.NONE;
        RewriteConfig rewrite = null;
        if (route.hasRoute()) {
            io.inmesh.xds.route.RouteAction action = route.getRoute();
            timeout = timeout(action);
            retry = RetryTranslator.translate(
                    resource,
                    action.hasRetryPolicy()
                            ? action.getRetryPolicy()
                            : host.hasRetryPolicy() ? host.getRetryPolicy() : null,
                    ignored);
            rewrite = rewrite(resource, field, action);
            noteUnused(resource, field, action);
        }
        return new RouteConfig(
                route.getName().isEmpty() ? "default" : route.getName(),
                match,
                action(resource, field, route),
                timeout,
                retry,
                fault(resource, field, route.getTypedPerFilterConfigMap()),
                rewrite,
                requestHeaders,
                responseHeaders,
                Values.origin(route.getMetadata()));
    }

    private RouteAction action(String resource, String field, Route route) {
        return switch (route.getActionCase()) {
            case ROUTE -> forward(resource, field, route.getRoute());
            case DIRECT_RESPONSE ->
                new RouteAction.DirectResponse(
                        route.getDirectResponse().getStatus(),
                        route.getDirectResponse().hasBody()
                                ? route.getDirectResponse().getBody().getInlineString()
                                : null);
            case REDIRECT -> redirect(route.getRedirect());
            case NON_FORWARDING_ACTION, ACTION_NOT_SET ->
                throw new InvalidResourceException(resource, field, "needs a route, a redirect or a direct response");
        };
    }

    private static RouteAction forward(String resource, String field, io.inmesh.xds.route.RouteAction action) {
        return switch (action.getClusterSpecifierCase()) {
            case CLUSTER -> RouteAction.to(action.getCluster());
            case WEIGHTED_CLUSTERS -> {
                List<RouteAction.WeightedCluster> clusters = new ArrayList<>();
                for (WeightedCluster.ClusterWeight weight :
                        action.getWeightedClusters().getClustersList()) {
                    clusters.add(new RouteAction.WeightedCluster(
                            weight.getName(),
                            Values.unsigned(weight.getWeight()),
                            Values.headerEdits(
                                    weight.getRequestHeadersToAddList(), weight.getRequestHeadersToRemoveList()),
                            Values.headerEdits(
                                    weight.getResponseHeadersToAddList(), weight.getResponseHeadersToRemoveList())));
                }
                yield new RouteAction.Forward(clusters);
            }
            case CLUSTER_HEADER, CLUSTERSPECIFIER_NOT_SET ->
                throw new InvalidResourceException(resource, field + ".route", "needs a cluster or weighted clusters");
        };
    }

    private static RouteAction redirect(RedirectAction redirect) {
        int status = switch (redirect.getResponseCode()) {
            case FOUND -> 302;
            case SEE_OTHER -> 303;
            case TEMPORARY_REDIRECT -> 307;
            case PERMANENT_REDIRECT -> 308;
            case MOVED_PERMANENTLY, UNRECOGNIZED -> 301;
        };
        String scheme = redirect.getHttpsRedirect() ? "https" : emptyToNull(redirect.getSchemeRedirect());
        return new RouteAction.Redirect(
                status,
                scheme,
                emptyToNull(redirect.getHostRedirect()),
                redirect.getPortRedirect() == 0 ? -1 : redirect.getPortRedirect(),
                emptyToNull(redirect.getPathRedirect()),
                emptyToNull(redirect.getPrefixRewrite()));
    }

    private static @Nullable Duration timeout(io.inmesh.xds.route.RouteAction action) {
        // Envoy's default without any value is 15 s; gRPC servers' control planes send max_stream_duration instead.
        com.google.protobuf.Duration sent = action.hasTimeout()
                ? action.getTimeout()
                : action.getMaxStreamDuration().hasMaxStreamDuration()
                        ? action.getMaxStreamDuration().getMaxStreamDuration()
                        : null;
        if (sent == null) {
            return Duration.ofSeconds(15);
        }
        Duration timeout = Values.duration(sent);
        return timeout.isZero() ? null : timeout;
    }

    private static @Nullable RewriteConfig rewrite(
            String resource, String field, io.inmesh.xds.route.RouteAction action) {
        String path = emptyToNull(action.getPrefixRewrite());
        String authority = emptyToNull(action.getHostRewriteLiteral());
        String pattern = null;
        String substitution = null;
        if (action.hasRegexRewrite()) {
            pattern = Matchers.regex(
                    resource,
                    field + ".route.regex_rewrite",
                    action.getRegexRewrite().getPattern().getRegex());
            substitution = action.getRegexRewrite().getSubstitution();
        }
        return path == null && authority == null && pattern == null
                ? null
                : new RewriteConfig(path, pattern, substitution, authority);
    }

    private static @Nullable FaultConfig fault(String resource, String field, Map<String, Any> perFilter) {
        Any any = perFilter.get(FAULT);
        if (any == null) {
            return null;
        }
        HTTPFault fault =
                Values.unpack(resource, field + ".typed_per_filter_config[" + FAULT + "]", any, HTTPFault.parser());
        FaultConfig.Delay delay = fault.hasDelay() && fault.getDelay().hasFixedDelay()
                ? new FaultConfig.Delay(
                        Values.duration(fault.getDelay().getFixedDelay()),
                        Values.millionths(fault.getDelay().getPercentage()))
                : null;
        FaultConfig.Abort abort = fault.hasAbort() ? abort(fault.getAbort()) : null;
        return delay == null && abort == null ? null : new FaultConfig(delay, abort);
    }

    private static FaultConfig.@Nullable Abort abort(FaultAbort abort) {
        int millionths = Values.millionths(abort.getPercentage());
        return switch (abort.getErrorTypeCase()) {
            case HTTP_STATUS -> new FaultConfig.Abort(abort.getHttpStatus(), -1, millionths);
            case GRPC_STATUS -> new FaultConfig.Abort(-1, abort.getGrpcStatus(), millionths);
            case HEADER_ABORT, ERRORTYPE_NOT_SET -> null;
        };
    }

    private void noteUnused(String resource, String field, io.inmesh.xds.route.RouteAction action) {
        if (action.getRequestMirrorPoliciesCount() > 0) {
            ignored.note(resource, field + ".route.request_mirror_policies", "mirroring is not done by this version");
        }
        if (action.getHashPolicyCount() > 0) {
            ignored.note(resource, field + ".route.hash_policy", "consistent hashing is not done by this version");
        }
    }

    private static String withoutPort(String domain) {
        int colon = domain.lastIndexOf(':');
        boolean port = colon > 0
                && colon < domain.length() - 1
                && domain.chars().skip(colon + 1).allMatch(c -> (c >= '0' && c <= '9') || c == '*');
        String host = port && domain.indexOf(':') == colon ? domain.substring(0, colon) : domain;
        return host.length() > 1 && host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
