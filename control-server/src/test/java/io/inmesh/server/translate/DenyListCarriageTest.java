package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.Workloads;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.rbac.RBAC;
import io.inmesh.xds.tls.UpstreamTlsContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How denied identities reach every kind of client in resources that each of them enforces. */
class DenyListCarriageTest {

    private static final String CLUSTER = "outbound|9080||reviews.default.svc.cluster.local";

    @Test
    void aDeniedCallerIsRefusedInFrontOfEveryPolicy() throws Exception {
        MeshState state = state(Set.of("spiffe://inmesh.local/ns/default/sa/stolen"), """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: everyone}
                spec: {rules: [{}]}
                """);

        List<RBAC> filters = inbound(state, Personality.FULL);

        assertThat(filters).hasSize(2);
        assertThat(filters.get(0).getAction()).isEqualTo(RBAC.Action.DENY);
        assertThat(filters.get(0).getPoliciesOrThrow("inmesh-deny-list").getPrincipalsList())
                .singleElement()
                .extracting(p -> p.getAuthenticated().getPrincipalName().getExact())
                .isEqualTo("spiffe://inmesh.local/ns/default/sa/stolen");
        assertThat(filters.get(1).getAction()).isEqualTo(RBAC.Action.ALLOW);
    }

    @Test
    void nobodyDeniedIsNoFilter() throws Exception {
        assertThat(inbound(state(Set.of()), Personality.FULL)).isEmpty();
    }

    @Test
    void aDeniedServerIsNotExpectedAnyMore() throws Exception {
        List<String> before = expected(state(Set.of()), Personality.FULL);
        String denied = before.get(0);

        assertThat(expected(state(Set.of(denied)), Personality.FULL)).doesNotContain(denied);
    }

    @Test
    void aServiceWhoseServersAreAllDeniedIsServedByNobodyNotByAnybody() throws Exception {
        Set<String> all = Set.copyOf(expected(state(Set.of()), Personality.FULL));

        assertThat(expected(state(all), Personality.FULL)).containsExactly("spiffe://inmesh.local/nobody");
    }

    @Test
    void aChangeOfTheListReachesClientsThoughTheConfigurationIsTheSame() throws Exception {
        MeshState before = state(Set.of());
        String denied = expected(before, Personality.FULL).get(0);

        MeshState after =
                MeshFixture.TRANSLATOR.translate(before.config(), Workloads.bookinfo(), Set.of(denied), before);

        assertThat(expected(after, Personality.FULL)).doesNotContain(denied);
        assertThat(inbound(after, Personality.FULL)).hasSize(1);
        MeshState again = MeshFixture.TRANSLATOR.translate(after.config(), Workloads.bookinfo(), Set.of(), after);
        assertThat(expected(again, Personality.FULL)).contains(denied);
    }

    private static MeshState state(Set<String> denied, String... rules) {
        return MeshFixture.TRANSLATOR.translate(
                Config.view(Config.BOOKINFO, String.join("\n---\n", rules)), Workloads.bookinfo(), denied, null);
    }

    private static List<String> expected(MeshState state, Personality personality) throws Exception {
        Cluster cluster = Cluster.parseFrom(resources(state, personality)
                .find(TypeUrls.CLUSTER, CLUSTER)
                .orElseThrow()
                .any()
                .getValue());
        UpstreamTlsContext context = cluster.getTransportSocketMatches(0)
                .getTransportSocket()
                .getTypedConfig()
                .unpack(UpstreamTlsContext.class);
        return context
                .getCommonTlsContext()
                .getCombinedValidationContext()
                .getDefaultValidationContext()
                .getMatchTypedSubjectAltNamesList()
                .stream()
                .map(name -> name.getMatcher().getExact())
                .toList();
    }

    private static List<RBAC> inbound(MeshState state, Personality personality) throws Exception {
        Listener listener = Listener.parseFrom(resources(state, personality)
                .find(TypeUrls.LISTENER, InboundListeners.NAME)
                .orElseThrow()
                .any()
                .getValue());
        HttpConnectionManager manager =
                listener.getFilterChains(0).getFilters(0).getTypedConfig().unpack(HttpConnectionManager.class);
        List<RBAC> rules = new java.util.ArrayList<>();
        for (HttpFilter filter : manager.getHttpFiltersList()) {
            if (filter.getName().startsWith("envoy.filters.http.rbac.")) {
                rules.add(filter.getTypedConfig()
                        .unpack(io.inmesh.xds.filter.rbac.RBAC.class)
                        .getRules());
            }
        }
        return rules;
    }

    private static ResourceSet resources(MeshState state, Personality personality) {
        return state.resourcesFor(MeshFixture.client("default", Map.of("app", "reviews"), personality));
    }
}
