package io.inmesh.server.translate;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.ExtensionProvider;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.Rules;
import io.inmesh.xds.core.ApiVersion;
import io.inmesh.xds.core.GrpcService;
import io.inmesh.xds.core.HeaderValue;
import io.inmesh.xds.core.HttpUri;
import io.inmesh.xds.filter.extauthz.AuthorizationResponse;
import io.inmesh.xds.filter.extauthz.ExtAuthz;
import io.inmesh.xds.filter.extauthz.HttpService;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.filter.rbac.RBAC;
import io.inmesh.xds.type.HttpStatus;
import io.inmesh.xds.type.matcher.ListStringMatcher;
import io.inmesh.xds.type.matcher.MetadataMatcher;
import io.inmesh.xds.type.matcher.StringMatcher;
import io.inmesh.xds.type.matcher.ValueMatcher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        ExtAuthz.Builder filter = ExtAuthz.newBuilder()
                .setFailureModeAllow(provider.failOpen())
                .setStatusOnError(HttpStatus.newBuilder().setCode(provider.statusOnError()))
                .setTransportApiVersion(ApiVersion.V3)
                .setStatPrefix(provider.name())
                .setFilterEnabledMetadata(MetadataMatcher.newBuilder()
                        // Under its canonical name, whatever the filter is called here.
                        .setFilter("envoy.filters.http.rbac")
                        .addPath(MetadataMatcher.PathSegment.newBuilder().setKey(MARK + "shadow_effective_policy_id"))
                        .setValue(ValueMatcher.newBuilder()
                                .setStringMatch(StringMatcher.newBuilder().setPrefix("istio-ext-authz"))));
        String cluster = ClusterNames.outbound(provider.port(), "", provider.host());
        ExtensionProvider.Http http = provider.http();
        if (http == null) {
            filter.setGrpcService(grpc(provider, cluster));
        } else {
            filter.setHttpService(http(provider, http, cluster));
            names(http.sent()).ifPresent(filter::setAllowedHeaders);
        }
        return HttpFilter.newBuilder()
                .setName("envoy.filters.http.ext_authz")
                .setTypedConfig(Protos.pack(filter.build()))
                .build();
    }

    private static GrpcService.Builder grpc(ExtensionProvider provider, String cluster) {
        return GrpcService.newBuilder()
                .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder()
                        .setClusterName(cluster)
                        // Otherwise it would be the cluster's, whose bars are no characters of an authority.
                        .setAuthority(provider.host()))
                .setTimeout(Protos.duration(provider.timeout()));
    }

    private static HttpService.Builder http(ExtensionProvider provider, ExtensionProvider.Http http, String cluster) {
        HttpService.Builder service = HttpService.newBuilder()
                .setPathPrefix(http.pathPrefix())
                .setServerUri(HttpUri.newBuilder()
                        .setUri("http://" + provider.host())
                        .setCluster(cluster)
                        .setTimeout(Protos.duration(provider.timeout())));
        http.added()
                .forEach((name, value) -> service.getAuthorizationRequestBuilder()
                        .addHeadersToAdd(HeaderValue.newBuilder().setKey(name).setValue(value)));
        AuthorizationResponse.Builder response = AuthorizationResponse.newBuilder();
        names(http.shown()).ifPresent(response::setAllowedUpstreamHeaders);
        names(http.deniedWith()).ifPresent(response::setAllowedClientHeaders);
        names(http.answeredWith()).ifPresent(response::setAllowedClientHeadersOnSuccess);
        return service.setAuthorizationResponse(response);
    }

    /** Names, beginnings and ends of headers, as Istio translates them; absent for none, which is not the same as an empty list. */
    private static Optional<ListStringMatcher> names(List<String> patterns) {
        if (patterns.isEmpty()) {
            return Optional.empty();
        }
        ListStringMatcher.Builder list = ListStringMatcher.newBuilder();
        for (String pattern : patterns) {
            StringMatcher.Builder matcher = list.addPatternsBuilder().setIgnoreCase(true);
            if (pattern.startsWith("*")) {
                matcher.setSuffix(pattern.substring(1));
            } else if (pattern.endsWith("*")) {
                matcher.setPrefix(pattern.substring(0, pattern.length() - 1));
            } else {
                matcher.setExact(pattern);
            }
        }
        return Optional.of(list.build());
    }
}
