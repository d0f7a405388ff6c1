package io.inmesh.client.translate;

import io.inmesh.config.RewriteConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.xds.route.DirectResponseAction;
import io.inmesh.xds.route.RedirectAction;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteAction.RequestMirrorPolicy;
import io.inmesh.xds.route.WeightedCluster.ClusterWeight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What routes do with requests. */
final class RouteActions {

    /** Envoy's timeout of a route that names none. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

    private static final int WHOLE = 1_000_000;

    private final ResourceReader reader;

    RouteActions(ResourceReader reader) {
        this.reader = reader;
    }

    RouteAction translate(String field, Route route) {
        return switch (route.getActionCase()) {
            case ROUTE -> forward(field + ".route", route.getRoute());
            case DIRECT_RESPONSE -> direct(field + ".direct_response", route.getDirectResponse());
            case REDIRECT -> redirect(field + ".redirect", route.getRedirect());
            case NON_FORWARDING_ACTION, ACTION_NOT_SET ->
                throw reader.invalid(field, "needs a route, a redirect or a direct response");
        };
    }

    private RouteAction forward(String field, io.inmesh.xds.route.RouteAction action) {
        noteUnused(field, action);
        return switch (action.getClusterSpecifierCase()) {
            case CLUSTER ->
                new RouteAction.Forward(
                        List.of(RouteAction.WeightedCluster.of(action.getCluster(), 1)),
                        mirrors(field, action),
                        missingStatus(action));
            case WEIGHTED_CLUSTERS -> {
                List<RouteAction.WeightedCluster> clusters = new ArrayList<>();
                for (int i = 0; i < action.getWeightedClusters().getClustersCount(); i++) {
                    clusters.add(weighted(
                            field + ".weighted_clusters.clusters[" + i + "]",
                            action.getWeightedClusters().getClusters(i)));
                }
                yield new RouteAction.Forward(clusters, mirrors(field, action), missingStatus(action));
            }
            case CLUSTER_HEADER, CLUSTERSPECIFIER_NOT_SET ->
                throw reader.invalid(field, "needs a cluster or weighted clusters");
        };
    }

    private static int missingStatus(io.inmesh.xds.route.RouteAction action) {
        return switch (action.getClusterNotFoundResponseCode()) {
            case NOT_FOUND -> 404;
            case INTERNAL_SERVER_ERROR -> 500;
            case SERVICE_UNAVAILABLE, UNRECOGNIZED -> RouteAction.Forward.UNAVAILABLE;
        };
    }

    private RouteAction.WeightedCluster weighted(String field, ClusterWeight weight) {
        IgnoredFields ignored = reader.ignored();
        ignored.noteIf(weight.hasMetadataMatch(), field + ".metadata_match", "use a cluster for the subset");
        ignored.noteIf(
                weight.getTypedPerFilterConfigCount() > 0,
                field + ".typed_per_filter_config",
                "filters are set by the route only");
        return new RouteAction.WeightedCluster(
                weight.getName(),
                Values.unsigned(weight.getWeight()),
                new HeaderEdits(ignored)
                        .and(
                                field + ".request_headers_to_add",
                                weight.getRequestHeadersToAddList(),
                                weight.getRequestHeadersToRemoveList())
                        .build(),
                new HeaderEdits(ignored)
                        .and(
                                field + ".response_headers_to_add",
                                weight.getResponseHeadersToAddList(),
                                weight.getResponseHeadersToRemoveList())
                        .build(),
                Values.emptyToNull(weight.getHostRewriteLiteral()));
    }

    private List<RouteAction.Mirror> mirrors(String field, io.inmesh.xds.route.RouteAction action) {
        List<RouteAction.Mirror> mirrors = new ArrayList<>();
        for (int i = 0; i < action.getRequestMirrorPoliciesCount(); i++) {
            RequestMirrorPolicy policy = action.getRequestMirrorPolicies(i);
            String place = field + ".request_mirror_policies[" + i + "]";
            reader.ignored()
                    .noteIf(policy.getTraceSampled().getValue(), place + ".trace_sampled", "copies are never sampled");
            if (policy.getCluster().isEmpty()) {
                reader.ignored().note(place, "names no cluster, so nothing is copied");
                continue;
            }
            mirrors.add(new RouteAction.Mirror(
                    policy.getCluster(),
                    policy.hasRuntimeFraction()
                            ? Values.millionths(policy.getRuntimeFraction().getDefaultValue())
                            : WHOLE));
        }
        return mirrors;
    }

    private RouteAction direct(String field, DirectResponseAction direct) {
        String body = direct.hasBody() ? Values.inline(direct.getBody()) : null;
        if (direct.hasBody() && body == null) {
            throw reader.invalid(field + ".body", "must stand inline");
        }
        reader.ignored()
                .noteIf(
                        !direct.getBody().getInlineBytes().isValidUtf8(),
                        field + ".body",
                        "is not UTF-8: bodies are text, and each byte that is none becomes a replacement character");
        return new RouteAction.DirectResponse(direct.getStatus(), body);
    }

    private RouteAction redirect(String field, RedirectAction redirect) {
        if (redirect.hasRegexRewrite()) {
            throw reader.invalid(field + ".regex_rewrite", "is not supported; use path_redirect or prefix_rewrite");
        }
        reader.ignored().noteIf(redirect.getStripQuery(), field + ".strip_query", "the query is kept");
        int status = switch (redirect.getResponseCode()) {
            case FOUND -> 302;
            case SEE_OTHER -> 303;
            case TEMPORARY_REDIRECT -> 307;
            case PERMANENT_REDIRECT -> 308;
            case MOVED_PERMANENTLY, UNRECOGNIZED -> 301;
        };
        return new RouteAction.Redirect(
                status,
                redirect.getHttpsRedirect() ? "https" : Values.emptyToNull(redirect.getSchemeRedirect()),
                Values.emptyToNull(redirect.getHostRedirect()),
                redirect.getPortRedirect() == 0 ? -1 : redirect.getPortRedirect(),
                Values.emptyToNull(redirect.getPathRedirect()),
                Values.emptyToNull(redirect.getPrefixRewrite()));
    }

    /** {@return the time limit of a call with all its attempts, null for none} */
    static @Nullable Duration timeout(io.inmesh.xds.route.RouteAction action) {
        if (!action.hasTimeout() && !action.getMaxStreamDuration().hasMaxStreamDuration()) {
            return DEFAULT_TIMEOUT;
        }
        // Control planes of gRPC clients send the second one.
        Duration timeout = Values.duration(
                action.hasTimeout()
                        ? action.getTimeout()
                        : action.getMaxStreamDuration().getMaxStreamDuration());
        return timeout.isZero() ? null : timeout;
    }

    static @Nullable RewriteConfig rewrite(io.inmesh.xds.route.RouteAction action) {
        String path = Values.emptyToNull(action.getPrefixRewrite());
        String authority = Values.emptyToNull(action.getHostRewriteLiteral());
        String pattern = null;
        String substitution = null;
        if (action.hasRegexRewrite()) {
            pattern = action.getRegexRewrite().getPattern().getRegex();
            substitution = action.getRegexRewrite().getSubstitution();
        }
        return path == null && authority == null && pattern == null
                ? null
                : new RewriteConfig(path, pattern, substitution, authority);
    }

    private void noteUnused(String field, io.inmesh.xds.route.RouteAction action) {
        IgnoredFields ignored = reader.ignored();
        ignored.noteIf(action.hasMetadataMatch(), field + ".metadata_match", "use a cluster for the subset");
        ignored.noteIf(action.getAutoHostRewrite().getValue(), field + ".auto_host_rewrite", "the host is kept");
        ignored.noteIf(action.hasIdleTimeout(), field + ".idle_timeout", "idle time is limited by the HTTP client");
        ignored.noteIf(action.getPriorityValue() != 0, field + ".priority", "there is one set of limits per cluster");
    }
}
