package io.inmesh.client.translate;

import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.ExternalProtocol;
import io.inmesh.config.HeaderNames;
import io.inmesh.xds.core.ApiVersion;
import io.inmesh.xds.core.GrpcService;
import io.inmesh.xds.filter.extauthz.AuthorizationResponse;
import io.inmesh.xds.filter.extauthz.ExtAuthz;
import io.inmesh.xds.filter.extauthz.HttpService;
import io.inmesh.xds.filter.rbac.RBAC;
import io.inmesh.xds.type.matcher.ListStringMatcher;
import io.inmesh.xds.type.matcher.MetadataMatcher;
import io.inmesh.xds.type.matcher.StringMatcher;
import io.inmesh.xds.type.matcher.ValueMatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * External authorization as Istio writes it for Envoy: rules on trial that mark requests, and behind them a filter that asks about those that
 * are marked. Only the two together, in this order, have a meaning; anything else makes the whole resource invalid.
 */
final class ExternalTranslator {

    /** Begins what the rules on trial leave behind, and tells them from a dry run. Source: Istio. */
    static final String MARK = "istio_ext_authz_";

    /** Begins the names of those rules. Source: Istio. */
    private static final String NAME = "istio-ext-authz";

    private static final MetadataMatcher MARKED = MetadataMatcher.newBuilder()
            .setFilter("envoy.filters.http.rbac")
            .addPath(MetadataMatcher.PathSegment.newBuilder().setKey(MARK + "shadow_effective_policy_id"))
            .setValue(ValueMatcher.newBuilder()
                    .setStringMatch(StringMatcher.newBuilder().setPrefix(NAME)))
            .build();

    /** Envoy's, where none is given. */
    private static final Duration USUAL_TIMEOUT = Duration.ofMillis(200);

    /** What can stand before a path without changing how it is read. */
    private static final Pattern PATH_PREFIX = Pattern.compile("(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+/?");

    private static final int CLUSTER_PARTS = 4;

    private final ResourceReader reader;
    private @Nullable List<Policy> marking;
    private @Nullable ExternalAuthorizationConfig asked;

    ExternalTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    /** {@return whether a filter's rules on trial say what is asked about, rather than what would be denied} */
    static boolean marks(RBAC rbac) {
        return rbac.getShadowRulesStatPrefix().equals(MARK);
    }

    /** Takes the rules that mark. */
    void mark(String place, List<Policy> policies) {
        if (marking != null) {
            throw reader.invalid(place, "marks requests a second time; only one authorizer can be asked");
        }
        for (Policy policy : policies) {
            if (!policy.name().startsWith(NAME)) {
                throw reader.invalid(
                        place + ".shadow_rules.policies[" + policy.name() + "]",
                        "must begin with \"" + NAME + "\", or nothing is asked about what it matches");
            }
        }
        marking = policies;
    }

    /** Takes the filter that asks. */
    void ask(String place, ExtAuthz filter) {
        if (marking == null || asked != null) {
            throw reader.invalid(place, "must come once, behind the rules that mark what it is asked about");
        }
        if (!filter.getFilterEnabledMetadata().equals(MARKED)) {
            throw reader.invalid(place + ".filter_enabled_metadata", "must be the mark of the rules before it");
        }
        if (filter.getTransportApiVersion() != ApiVersion.V3) {
            throw reader.invalid(place + ".transport_api_version", "must be V3");
        }
        ExternalAuthorizerConfig authorizer = switch (filter.getServicesCase()) {
            case GRPC_SERVICE -> grpc(place, filter);
            case HTTP_SERVICE -> http(place + ".http_service", filter);
            case SERVICES_NOT_SET ->
                throw reader.invalid(place, "has neither grpc_service nor http_service; there is nobody to ask");
        };
        asked = new ExternalAuthorizationConfig(authorizer, marking);
    }

    private ExternalAuthorizerConfig grpc(String place, ExtAuthz filter) {
        GrpcService service = filter.getGrpcService();
        if (filter.hasAllowedHeaders()) {
            throw reader.invalid(
                    place + ".allowed_headers", "must be absent: authorizers that speak gRPC get them all");
        }
        return authorizer(
                place,
                filter,
                place + ".grpc_service.envoy_grpc.cluster_name",
                service.getEnvoyGrpc().getClusterName(),
                service.hasTimeout() ? Values.duration(service.getTimeout()) : USUAL_TIMEOUT);
    }

    private ExternalAuthorizerConfig http(String place, ExtAuthz filter) {
        HttpService service = filter.getHttpService();
        AuthorizationResponse response = service.getAuthorizationResponse();
        String prefix = service.getPathPrefix();
        if (!prefix.isEmpty() && !PATH_PREFIX.matcher(prefix).matches()) {
            throw reader.invalid(place + ".path_prefix", "\"" + prefix + "\" is no path to put before others");
        }
        List<Map.Entry<String, String>> added = service.getAuthorizationRequest().getHeadersToAddList().stream()
                .map(header -> Map.entry(header.getKey().toLowerCase(Locale.ROOT), header.getValue()))
                .toList();
        String answer = place + ".authorization_response";
        return authorizer(
                        place,
                        filter,
                        place + ".server_uri.cluster",
                        service.getServerUri().getCluster(),
                        service.getServerUri().hasTimeout()
                                ? Values.duration(service.getServerUri().getTimeout())
                                : USUAL_TIMEOUT)
                .withProtocol(new ExternalProtocol.Http(
                        prefix,
                        names(place + ".allowed_headers", filter.getAllowedHeaders()),
                        added,
                        names(answer + ".allowed_upstream_headers", response.getAllowedUpstreamHeaders()),
                        names(answer + ".allowed_client_headers", response.getAllowedClientHeaders()),
                        names(
                                answer + ".allowed_client_headers_on_success",
                                response.getAllowedClientHeadersOnSuccess())));
    }

    /** Names of headers have no case, so it does not matter whether the matcher minds it. */
    private HeaderNames names(String place, ListStringMatcher list) {
        Set<String> exact = new HashSet<>();
        List<String> prefixes = new ArrayList<>();
        List<String> suffixes = new ArrayList<>();
        for (StringMatcher matcher : list.getPatternsList()) {
            switch (matcher.getMatchPatternCase()) {
                case EXACT -> exact.add(matcher.getExact().toLowerCase(Locale.ROOT));
                case PREFIX -> prefixes.add(matcher.getPrefix().toLowerCase(Locale.ROOT));
                case SUFFIX -> suffixes.add(matcher.getSuffix().toLowerCase(Locale.ROOT));
                default -> throw reader.invalid(place, "must be exact, prefix or suffix");
            }
        }
        return new HeaderNames(exact, prefixes, suffixes);
    }

    private ExternalAuthorizerConfig authorizer(
            String place, ExtAuthz filter, String field, String cluster, Duration timeout) {
        String[] parts = cluster.split("\\|", -1);
        if (parts.length != CLUSTER_PARTS || !parts[0].equals("outbound") || !parts[1].matches("[1-9][0-9]{0,4}")) {
            throw reader.invalid(field, "\"" + cluster + "\" is not outbound|port||host of a service");
        }
        int status = filter.getStatusOnError().getCode();
        if (status != 0 && (status < 200 || status > 599)) {
            throw reader.invalid(place + ".status_on_error", status + " is no status between 200 and 599");
        }
        return new ExternalAuthorizerConfig(
                filter.getStatPrefix().isEmpty() ? cluster : filter.getStatPrefix(),
                parts[3],
                Integer.parseInt(parts[1]),
                timeout,
                filter.getFailureModeAllow(),
                status == 0 ? ExternalAuthorizerConfig.USUAL_STATUS_ON_ERROR : status);
    }

    /** {@return what was read, null if nobody is to be asked} */
    @Nullable
    ExternalAuthorizationConfig result() {
        if (marking != null && asked == null) {
            throw reader.invalid("http_filters", "marks requests that no filter asks about; they would go unchecked");
        }
        return asked;
    }
}
