package io.inmesh.server.translate;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.ExtensionProvider;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.Rules;
import io.inmesh.xds.core.ApiVersion;
import io.inmesh.xds.core.GrpcService;
import io.inmesh.xds.filter.extauthz.ExtAuthz;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.filter.rbac.RBAC;
import io.inmesh.xds.type.HttpStatus;
import io.inmesh.xds.type.matcher.MetadataMatcher;
import io.inmesh.xds.type.matcher.StringMatcher;
import io.inmesh.xds.type.matcher.ValueMatcher;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The filters of a workload's CUSTOM policies, as Istio writes them for Envoy: rules on trial that mark requests, and a filter that asks the
 * authorizer about those that are marked. Where nobody can be asked (an unknown provider, or several) all requests are denied, as in
 * Istio.
 */
final class ExternalFilters {
    /** Begins what the rules leave behind. Source: Istio. */
    static final String MARK = "istio_ext_authz_";

    /** Begins the names of the rules. Source: Istio. */
    private static final String NAME = "istio-ext-authz-";

    /** Name of the policy that denies everything where nobody can be asked. Source: Istio. */
    private static final String DENY_ALL = "default-deny-all-due-to-bad-CUSTOM-action";

    private ExternalFilters() {}

    static List<HttpFilter> of(Rules rules, String namespace, Map<String, String> labels) {
        List<Resource> policies = rules.authorizationPolicies().guarding(namespace, labels, "CUSTOM");
        if (policies.isEmpty()) {
            return List.of();
        }
        Set<String> names = new TreeSet<>();
        policies.forEach(policy ->
                names.add(Field.spec(policy).get("provider").get("name").text()));
        ExtensionProvider provider = names.size() == 1
                ? rules.settings().extensionProviders().get(names.iterator().next())
                : null;
        if (provider == null) {
            return List.of(RbacFilters.denyAll("external", DENY_ALL));
        }
        RBAC.Builder mark = RBAC.newBuilder()
                .setShadowRules(RbacFilters.marking(NAME, policies))
                .setShadowRulesStatPrefix(MARK);
        return List.of(RbacFilters.filter("external", mark), asking(provider));
    }

    private static HttpFilter asking(ExtensionProvider provider) {
        String cluster = ClusterNames.outbound(provider.port(), "", provider.host());
        ExtAuthz filter = ExtAuthz.newBuilder()
                .setGrpcService(GrpcService.newBuilder()
                        .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder()
                                .setClusterName(cluster)
                                // A bar is no character of an authority.
                                .setAuthority(cluster.replace("|", "_.")))
                        .setTimeout(Protos.duration(provider.timeout())))
                .setFailureModeAllow(provider.failOpen())
                .setStatusOnError(HttpStatus.newBuilder().setCode(provider.statusOnError()))
                .setTransportApiVersion(ApiVersion.V3)
                .setFilterEnabledMetadata(MetadataMatcher.newBuilder()
                        // Under its canonical name, whatever the filter is called here.
                        .setFilter("envoy.filters.http.rbac")
                        .addPath(MetadataMatcher.PathSegment.newBuilder().setKey(MARK + "shadow_effective_policy_id"))
                        .setValue(ValueMatcher.newBuilder()
                                .setStringMatch(StringMatcher.newBuilder().setPrefix("istio-ext-authz"))))
                .build();
        return HttpFilter.newBuilder()
                .setName("envoy.filters.http.ext_authz")
                .setTypedConfig(Protos.pack(filter))
                .build();
    }
}
