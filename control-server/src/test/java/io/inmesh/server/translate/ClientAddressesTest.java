package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.rbac.RBAC;
import io.inmesh.xds.filter.xff.XffConfig;
import io.inmesh.xds.listener.FilterChain;
import org.junit.jupiter.api.Test;

/** Whom workloads are told to believe about the address of clients. */
class ClientAddressesTest {
    private static final String INBOUND = "inbound";
    private static final String GRPC = "xds.istio.io/grpc/lds/inbound/0.0.0.0:9080";
    private static final String RULE = "ns[default]-policy[clients]-rule[0]";

    @Test
    void byDefaultNobodyNotEvenByEnvoy() throws Exception {
        HttpConnectionManager manager = manager(MeshFixture.of(), INBOUND);
        assertThat(manager.getUseRemoteAddress().getValue()).isTrue();
        assertThat(manager.getXffNumTrustedHops()).isZero();
        assertThat(manager.getOriginalIpDetectionExtensionsList()).isEmpty();
    }

    @Test
    void hopsAreThoseOfEnvoyWhereItUsesThePeersAddress() throws Exception {
        HttpConnectionManager manager = manager(MeshFixture.of(forwarders("p", "hops: 2")), INBOUND);
        assertThat(manager.getUseRemoteAddress().getValue()).isTrue();
        assertThat(manager.getXffNumTrustedHops()).isEqualTo(2);
    }

    @Test
    void blocksAreThoseOfEnvoysDetection() throws Exception {
        HttpConnectionManager manager =
                manager(MeshFixture.of(forwarders("p", "ipBlocks: [10.0.0.0/8, 'fd00::1']")), INBOUND);
        assertThat(manager.getUseRemoteAddress().getValue())
                .as("Envoy refuses both at once")
                .isFalse();
        XffConfig xff = XffConfig.parseFrom(
                manager.getOriginalIpDetectionExtensions(0).getTypedConfig().getValue());
        assertThat(xff.getXffTrustedCidrs().getCidrsList())
                .extracting(cidr ->
                        cidr.getAddressPrefix() + "/" + cidr.getPrefixLen().getValue())
                .containsExactly("10.0.0.0/8", "fd00::1/128");
    }

    @Test
    void aPolicyAboutLoadDoesNotSwitchThemOff() throws Exception {
        String load = "apiVersion: inmesh.io/v1alpha1\nkind: InboundTrafficPolicy\nmetadata: {name: load}\n"
                + "spec: {selector: {matchLabels: {app: productpage}}, minRemaining: 5ms}\n";
        HttpConnectionManager manager = manager(MeshFixture.of(forwarders("all", "hops: 1"), load), INBOUND);
        assertThat(manager.getXffNumTrustedHops()).isEqualTo(1);
    }

    @Test
    void stockGrpcIsNotAskedToBelieveAnybody() throws Exception {
        MeshFixture mesh = MeshFixture.of(forwarders("p", "hops: 1"));
        HttpConnectionManager manager = manager(mesh.seenByGrpc(), GRPC);
        assertThat(manager.getXffNumTrustedHops()).isZero();
        assertThat(manager.getOriginalIpDetectionExtensionsList()).isEmpty();
    }

    @Test
    void stockGrpcBehindForwardersDeniesMoreAndAllowsNothingByClients() throws Exception {
        for (String term : new String[] {
            "from: [{source: {remoteIpBlocks: [203.0.113.0/24]}}]",
            "from: [{source: {notRemoteIpBlocks: [203.0.113.0/24]}}]",
            "when: [{key: remote.ip, values: [203.0.113.0/24]}]"
        }) {
            assertThat(grpcRule("DENY", term, forwarders("p", "hops: 1")))
                    .as("DENY %s", term)
                    .isEqualTo(anybody());
            assertThat(grpcRule("ALLOW", term, forwarders("p", "hops: 1")).getPrincipals(0))
                    .as("ALLOW %s", term)
                    .isEqualTo(io.inmesh.xds.rbac.Principal.newBuilder()
                            .setNotId(io.inmesh.xds.rbac.Principal.newBuilder().setAny(true))
                            .build());
        }
    }

    @Test
    void stockGrpcThatIsCalledDirectlyJudgesItsPeers() throws Exception {
        assertThat(grpcRule("DENY", "from: [{source: {remoteIpBlocks: [203.0.113.0/24]}}]")
                        .toString())
                .contains("remote_ip");
    }

    private static io.inmesh.xds.rbac.Policy anybody() {
        return io.inmesh.xds.rbac.Policy.newBuilder()
                .addPermissions(RbacTerms.allRules(java.util.List.of()))
                .addPrincipals(RbacTerms.allOf(java.util.List.of()))
                .build();
    }

    private static io.inmesh.xds.rbac.Policy grpcRule(String action, String rule, String... others) throws Exception {
        String policy = "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: clients}\n"
                + "spec: {action: " + action + ", rules: [{" + rule + "}]}\n";
        String[] documents = java.util.Arrays.copyOf(others, others.length + 1);
        documents[others.length] = policy;
        HttpConnectionManager manager = manager(MeshFixture.of(documents).seenByGrpc(), GRPC);
        return RBAC.parseFrom(manager.getHttpFilters(0).getTypedConfig().getValue())
                .getRules()
                .getPoliciesOrThrow(RULE);
    }

    private static String forwarders(String name, String forwarders) {
        return "apiVersion: inmesh.io/v1alpha1\nkind: InboundTrafficPolicy\nmetadata: {name: " + name + "}\n"
                + "spec: {forwarders: {" + forwarders + "}}\n";
    }

    private static HttpConnectionManager manager(MeshFixture mesh, String listener) throws Exception {
        FilterChain chain = mesh.listener(listener).getFilterChains(0);
        return HttpConnectionManager.parseFrom(
                chain.getFilters(0).getTypedConfig().getValue());
    }
}
