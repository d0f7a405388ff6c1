package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.Cluster.LbPolicy;
import io.inmesh.xds.route.RouteAction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code spec.loadBalancer} of a BackendTrafficPolicy, alone and beside a DestinationRule. */
class BackendLoadBalancerTest {
    private static final String CLUSTER = "outbound|9080||reviews.default.svc.cluster.local";
    private static final String BY_USER = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews, namespace: default}
            spec:
              host: reviews
              trafficPolicy:
                loadBalancer:
                  consistentHash: {httpHeaderName: end-user, ringHash: {minimumRingSize: 2048}}
            """;

    private static String policy(String loadBalancer) {
        return """
            apiVersion: inmesh.io/v1alpha1
            kind: BackendTrafficPolicy
            metadata: {name: reviews, namespace: default}
            spec:
              host: reviews
              loadBalancer: %s
            """.formatted(loadBalancer);
    }

    @ParameterizedTest
    @CsvSource({
        "ROUND_ROBIN, ROUND_ROBIN",
        "LEAST_REQUEST, LEAST_REQUEST",
        "RANDOM, RANDOM",
        "RING_HASH, RING_HASH",
        "MAGLEV, MAGLEV"
    })
    void theAlgorithmWinsOverTheDestinationRule(String algorithm, LbPolicy sent) throws Exception {
        MeshFixture mesh = MeshFixture.of(BY_USER, policy("{algorithm: " + algorithm + "}"));
        assertThat(mesh.cluster(CLUSTER).getLbPolicy()).isEqualTo(sent);
    }

    @Test
    void hashingWithoutKeysOfItsOwnTakesThoseOfTheRule() throws Exception {
        MeshFixture mesh = MeshFixture.of(BY_USER, policy("{algorithm: MAGLEV, maglev: {tableSize: 1021}}"));
        assertThat(mesh.cluster(CLUSTER).getMaglevLbConfig().getTableSize().getValue())
                .isEqualTo(1021);
        assertThat(mesh.firstRoute().getRoute().getHashPolicyList())
                .extracting(hash -> hash.getHeader().getHeaderName())
                .containsExactly("end-user");
    }

    @Test
    void keysAreSentInOrderWithWhatEndsTheSearch() throws Exception {
        MeshFixture mesh = MeshFixture.of(policy("""
                {algorithm: RING_HASH, ringHash: {minimumRingSize: 64, maximumRingSize: 4096}, hashOn: [
                    {httpHeaderName: tenant, terminal: true},
                    {httpCookie: {name: session, ttl: 30s, path: /a, attributes: [{name: SameSite, value: Lax}]}},
                    {httpQueryParameterName: user}, {useSourceIp: true}]}"""));
        Cluster.RingHashLbConfig ring = mesh.cluster(CLUSTER).getRingHashLbConfig();
        assertThat(ring.getMinimumRingSize().getValue()).isEqualTo(64);
        assertThat(ring.getMaximumRingSize().getValue()).isEqualTo(4096);
        RouteAction action = mesh.firstRoute().getRoute();
        assertThat(action.getHashPolicyList())
                .extracting(hash -> hash.getPolicySpecifierCase().name())
                .containsExactly("HEADER", "COOKIE", "QUERY_PARAMETER", "CONNECTION_PROPERTIES");
        assertThat(action.getHashPolicy(0).getTerminal()).isTrue();
        RouteAction.HashPolicy.Cookie cookie = action.getHashPolicy(1).getCookie();
        assertThat(cookie.getTtl().getSeconds()).isEqualTo(30);
        assertThat(cookie.getAttributes(0).getName()).isEqualTo("SameSite");
        assertThat(action.getRetryPolicy().getRetryHostPredicateList())
                .as("a retry stays with the endpoint that the key belongs to")
                .isEmpty();
    }

    @Test
    void loadIsBoundedOnlyOnRequest() throws Exception {
        assertThat(MeshFixture.of(BY_USER).cluster(CLUSTER).hasCommonLbConfig()).isFalse();
        MeshFixture bounded = MeshFixture.of(BY_USER, policy("{boundedLoad: {factor: 1.25}}"));
        assertThat(bounded.cluster(CLUSTER)
                        .getCommonLbConfig()
                        .getConsistentHashingLbConfig()
                        .getHashBalanceFactor()
                        .getValue())
                .isEqualTo(125);
    }

    @Test
    void stockGrpcGetsARingForEveryKindOfHashing() throws Exception {
        MeshFixture mesh =
                MeshFixture.of(BY_USER, policy("{algorithm: MAGLEV}")).seenByGrpc();
        assertThat(mesh.cluster(CLUSTER).getLbPolicy()).isEqualTo(LbPolicy.RING_HASH);
    }

    @Test
    void theSizeOfSubsetsTravelsAsMetadata() throws Exception {
        MeshFixture mesh = MeshFixture.of(policy("{subsetting: {size: 20}}"));
        assertThat(mesh.cluster(CLUSTER)
                        .getMetadata()
                        .getFilterMetadataOrThrow("io.inmesh")
                        .getFieldsOrThrow("subset_size")
                        .getNumberValue())
                .isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "warmup: {duration: 30s}|10|1",
                "warmup: {duration: 30s, minimumPercent: 25, aggression: 2}|25|2",
                "warmupDurationSecs: 30s|10|1"
            })
    void warmUpIsSlowStart(String warmup, double minimum, double aggression) throws Exception {
        MeshFixture mesh = MeshFixture.of("""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews, namespace: default}
            spec: {host: reviews, trafficPolicy: {loadBalancer: {%s}}}
            """.formatted(warmup));
        Cluster.SlowStartConfig sent =
                mesh.cluster(CLUSTER).getLeastRequestLbConfig().getSlowStartConfig();
        assertThat(sent.getSlowStartWindow().getSeconds()).isEqualTo(30);
        assertThat(sent.getMinWeightPercent().getValue()).isEqualTo(minimum);
        assertThat(sent.getAggression().getDefaultValue()).isEqualTo(aggression);
    }
}
