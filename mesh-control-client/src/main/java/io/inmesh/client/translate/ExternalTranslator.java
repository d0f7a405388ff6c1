package io.inmesh.client.translate;

import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.xds.core.ApiVersion;
import io.inmesh.xds.core.GrpcService;
import io.inmesh.xds.filter.extauthz.ExtAuthz;
import io.inmesh.xds.filter.rbac.RBAC;
import io.inmesh.xds.type.matcher.MetadataMatcher;
import io.inmesh.xds.type.matcher.StringMatcher;
import io.inmesh.xds.type.matcher.ValueMatcher;
import java.time.Duration;
import java.util.List;
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
        if (!filter.hasGrpcService()) {
            throw reader.invalid(place + ".grpc_service", "is missing; only authorizers that speak gRPC are asked");
        }
        asked = new ExternalAuthorizationConfig(
                authorizer(place + ".grpc_service", filter, filter.getGrpcService()), marking);
    }

    private ExternalAuthorizerConfig authorizer(String place, ExtAuthz filter, GrpcService service) {
        String cluster = service.getEnvoyGrpc().getClusterName();
        String[] parts = cluster.split("\\|", -1);
        if (parts.length != CLUSTER_PARTS || !parts[0].equals("outbound") || !parts[1].matches("[1-9][0-9]{0,4}")) {
            throw reader.invalid(
                    place + ".envoy_grpc.cluster_name", "\"" + cluster + "\" is not outbound|port||host of a service");
        }
        int status = filter.getStatusOnError().getCode();
        if (status != 0 && (status < 200 || status > 599)) {
            throw reader.invalid(place + ".status_on_error", status + " is no status between 200 and 599");
        }
        return new ExternalAuthorizerConfig(
                cluster,
                parts[3],
                Integer.parseInt(parts[1]),
                service.hasTimeout() ? Values.duration(service.getTimeout()) : USUAL_TIMEOUT,
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
