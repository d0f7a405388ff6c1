package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.filter.rbac.RBAC;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.tls.DownstreamTlsContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a workload accepts: PeerAuthentication precedence and the inbound listener it leads to. */
class InboundTest {
    @Test
    void byDefaultBothMutualTlsAndPlaintextAreTaken() throws Exception {
        assertThat(chains(MeshFixture.of())).containsExactly("inbound-mtls tls", "inbound-plaintext raw_buffer");
    }

    @Test
    void strictLeavesNoPlaintextChainAndWantsAClientCertificate() throws Exception {
        MeshFixture mesh = MeshFixture.of(authentication("default", "mtls: {mode: STRICT}"));
        Listener inbound = mesh.listener("inbound");
        DownstreamTlsContext tls = DownstreamTlsContext.parseFrom(
                inbound.getFilterChains(0).getTransportSocket().getTypedConfig().getValue());

        assertThat(chains(mesh)).containsExactly("inbound-mtls ");
        assertThat(tls.getRequireClientCertificate().getValue()).isTrue();
        assertThat(tls.getCommonTlsContext()
                        .getTlsCertificateSdsSecretConfigs(0)
                        .getName())
                .isEqualTo("default");
        assertThat(tls.getCommonTlsContext()
                        .getCombinedValidationContext()
                        .getValidationContextSdsSecretConfig()
                        .getName())
                .isEqualTo("ROOTCA");
    }

    @Test
    void disableLeavesPlaintextOnly() throws Exception {
        assertThat(chains(MeshFixture.of(authentication("default", "mtls: {mode: DISABLE}"))))
                .containsExactly("inbound-plaintext ");
    }

    @Test
    void theWorkloadsRuleBeatsTheNamespacesWhichBeatsTheMeshs() throws Exception {
        String mesh = authentication("istio-system", "mtls: {mode: STRICT}");
        String namespace = authentication("default", "mtls: {mode: DISABLE}");
        String workload = authentication(
                        "default", "selector: {matchLabels: {app: productpage}}\n  mtls: {mode: STRICT}")
                .replace("name: p", "name: own");

        assertThat(chains(MeshFixture.of(mesh))).containsExactly("inbound-mtls ");
        assertThat(chains(MeshFixture.of(mesh, namespace))).containsExactly("inbound-plaintext ");
        assertThat(chains(MeshFixture.of(mesh, namespace, workload))).containsExactly("inbound-mtls ");
    }

    @Test
    void unsetInheritsAndASelectorInTheRootNamespaceIsIgnored() throws Exception {
        String root = authentication("istio-system", "mtls: {mode: STRICT}");
        String unset = authentication("default", "mtls: {mode: UNSET}");
        String ignored = authentication(
                        "istio-system", "selector: {matchLabels: {app: productpage}}\n  mtls: {mode: DISABLE}")
                .replace("name: p", "name: ignored");

        assertThat(chains(MeshFixture.of(root, unset, ignored))).containsExactly("inbound-mtls ");
    }

    @Test
    void theOldestOfTheSameScopeWins() throws Exception {
        String young = authentication("default", "mtls: {mode: DISABLE}")
                .replace("name: p", "name: a, creationTimestamp: '2026-05-05T00:00:00Z'");
        String old = authentication("default", "mtls: {mode: STRICT}")
                .replace("name: p", "name: b, creationTimestamp: '2026-01-01T00:00:00Z'");

        assertThat(chains(MeshFixture.of(young, old))).containsExactly("inbound-mtls ");
    }

    @Test
    void aPortOfTheWorkloadMayDiffer() throws Exception {
        MeshFixture mesh = MeshFixture.of(
                authentication(
                        "default",
                        "selector: {matchLabels: {app: productpage}}\n  mtls: {mode: STRICT}\n  portLevelMtls: {'8080': {mode: DISABLE}}"));

        assertThat(mesh.listener("inbound").getFilterChainsList())
                .extracting(c -> c.getName() + "@"
                        + c.getFilterChainMatch().getDestinationPort().getValue())
                .containsExactly("inbound-plaintext-8080@8080", "inbound-mtls@0");
    }

    @Test
    void denyIsDecidedBeforeAllowAndThePolicyIsNamed() throws Exception {
        List<HttpFilter> filters = filters(MeshFixture.of(policy("open", "ALLOW"), policy("shut", "DENY")));

        assertThat(filters)
                .extracting(HttpFilter::getName)
                .containsExactly(
                        "envoy.filters.http.rbac.deny", "envoy.filters.http.rbac.allow", "envoy.filters.http.router");
        assertThat(rbac(filters.get(0)).getAction()).isEqualTo(io.inmesh.xds.rbac.RBAC.Action.DENY);
        assertThat(rbac(filters.get(0)).getPoliciesMap()).containsOnlyKeys("ns[default]-policy[shut]-rule[0]");
        assertThat(rbac(filters.get(1)).getPoliciesMap()).containsOnlyKeys("ns[default]-policy[open]-rule[0]");
    }

    @Test
    void aPolicyThatAllowsNothingIsSentExplicitlyToEveryPersonality() throws Exception {
        String nothing = policy("nothing", "ALLOW").replace("rules: [{}]", "rules: []");
        MeshFixture mesh = MeshFixture.of(nothing);
        Listener grpc = mesh.seenByGrpc().listener("xds.istio.io/grpc/lds/inbound/0.0.0.0:9080");

        for (HttpFilter filter :
                List.of(filters(mesh).get(0), filters(grpc.getFilterChains(0)).get(0))) {
            assertThat(filter.getName()).isEqualTo("envoy.filters.http.rbac.allow");
            assertThat(rbac(filter).getAction()).isEqualTo(io.inmesh.xds.rbac.RBAC.Action.ALLOW);
            assertThat(rbac(filter)
                            .getPoliciesOrThrow("ns[default]-policy[nothing]-rule[0]")
                            .getPermissions(0)
                            .hasNotRule())
                    .isTrue();
        }
    }

    @Test
    void aSelectorDecidesWhomAPolicyGuards() throws Exception {
        MeshFixture mesh = MeshFixture.of(
                policy("shut", "DENY").replace("rules:", "selector: {matchLabels: {app: other}}, rules:"));

        assertThat(filters(mesh)).hasSize(1);
        assertThat(filters(mesh.seenFrom("default", Map.of("app", "other")))).hasSize(2);
    }

    private static List<String> chains(MeshFixture mesh) throws Exception {
        return mesh.listener("inbound").getFilterChainsList().stream()
                .map(c -> c.getName() + " " + c.getFilterChainMatch().getTransportProtocol())
                .toList();
    }

    private static List<HttpFilter> filters(MeshFixture mesh) throws Exception {
        return filters(mesh.listener("inbound").getFilterChains(0));
    }

    private static List<HttpFilter> filters(FilterChain chain) throws Exception {
        return HttpConnectionManager.parseFrom(
                        chain.getFilters(0).getTypedConfig().getValue())
                .getHttpFiltersList();
    }

    private static io.inmesh.xds.rbac.RBAC rbac(HttpFilter filter) throws Exception {
        return RBAC.parseFrom(filter.getTypedConfig().getValue()).getRules();
    }

    private static String authentication(String namespace, String spec) {
        return "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: p, namespace: " + namespace
                + "}\nspec:\n  " + spec + "\n";
    }

    private static String policy(String name, String action) {
        return "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: " + name
                + "}\nspec: {action: " + action + ", rules: [{}]}\n";
    }
}
