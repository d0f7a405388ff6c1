package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.LoadBalancingPolicy.Policy;
import io.inmesh.xds.type.struct.TypedStruct;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Algorithms that only the mesh's own clients have are sent so that others skip them. */
class LearningPoliciesTest {
    private static final String CLUSTER = "outbound|9080||reviews.default.svc.cluster.local";

    private static Cluster cluster(String loadBalancer) throws Exception {
        return MeshFixture.of("""
            apiVersion: inmesh.io/v1alpha1
            kind: BackendTrafficPolicy
            metadata: {name: reviews, namespace: default}
            spec:
              host: reviews
              loadBalancer: %s
            """.formatted(loadBalancer)).cluster(CLUSTER);
    }

    @Test
    void theOwnAlgorithmComesFirstAndAStandardOneAfterIt() throws Exception {
        Cluster cluster = cluster("{algorithm: PROBING, peakEwma: {decay: 5s}, probing: {rule: HCL, poolSize: 6,"
                + " probesPerCall: 0.25, sampleMaxAge: 250ms, qRif: 0.7}}");
        assertThat(cluster.getLbPolicy()).isEqualTo(Cluster.LbPolicy.LEAST_REQUEST);
        List<Policy> policies = cluster.getLoadBalancingPolicy().getPoliciesList();
        assertThat(policies)
                .extracting(policy ->
                        policy.getTypedExtensionConfig().getTypedConfig().getTypeUrl())
                .containsExactly(
                        "type.googleapis.com/xds.type.v3.TypedStruct",
                        "type.googleapis.com/envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest");
        TypedStruct own = TypedStruct.parseFrom(
                policies.get(0).getTypedExtensionConfig().getTypedConfig().getValue());
        assertThat(own.getTypeUrl()).isEqualTo("type.googleapis.com/io.inmesh.balance.Probing");
        Struct probing = own.getValue().getFieldsOrThrow("probing").getStructValue();
        assertThat(probing.getFieldsOrThrow("rule").getStringValue()).isEqualTo("HCL");
        assertThat(probing.getFieldsOrThrow("poolSize").getNumberValue()).isEqualTo(6);
        assertThat(probing.getFieldsOrThrow("sampleMaxAge").getStringValue()).isEqualTo("0.25s");
        Struct peakEwma = own.getValue().getFieldsOrThrow("peakEwma").getStructValue();
        assertThat(peakEwma.getFieldsOrThrow("decay").getStringValue()).isEqualTo("5s");
    }

    @Test
    void defaultsAreNotSent() throws Exception {
        Policy policy =
                cluster("{algorithm: PEAK_EWMA}").getLoadBalancingPolicy().getPolicies(0);
        TypedStruct own = TypedStruct.parseFrom(
                policy.getTypedExtensionConfig().getTypedConfig().getValue());
        assertThat(own.getTypeUrl()).endsWith("io.inmesh.balance.PeakEwma");
        assertThat(own.getValue().getFieldsMap()).isEmpty();
    }

    @Test
    void otherAlgorithmsNeedNoList() throws Exception {
        assertThat(cluster("{algorithm: ROUND_ROBIN}").hasLoadBalancingPolicy()).isFalse();
    }
}
