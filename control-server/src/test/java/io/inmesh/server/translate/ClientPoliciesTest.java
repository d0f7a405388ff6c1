package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.inmesh.xds.cluster.Cluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code retries}, {@code hedging} and {@code throttling} of a BackendTrafficPolicy, by what travels. */
class ClientPoliciesTest {

    private static final String CLUSTER = "outbound|9080||reviews.default.svc.cluster.local";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "retries: {chainAware: false}|chain_aware_retries value { bool_value: false }",
                "hedging: {}|hedging value { struct_value { } }",
                "hedging: {delay: 50ms}|delay_ms value { number_value: 50.0 }",
                "hedging: {percentile: 99}|percentile value { number_value: 99.0 }",
                "hedging: {maxExtraPercent: 5}|max_extra_percent value { number_value: 5.0 }",
                "throttling: {}|throttling value { struct_value { } }",
                "throttling: {k: 1.5}|k value { number_value: 1.5 }",
                "throttling: {window: 30s}|window_ms value { number_value: 30000.0 }",
                "throttling: {maxPercent: 80}|max_percent value { number_value: 80.0 }",
            })
    void aBlockTravelsInTheClustersMetadata(String block, String expected) throws Exception {
        assertThat(metadata(MeshFixture.of(policy(block)))).contains(expected.replace("|", " "));
    }

    @Test
    void noHedgesIsNoHedging() throws Exception {
        assertThat(metadata(MeshFixture.of(policy("hedging: {maxHedges: 0}")))).doesNotContain("hedging");
    }

    @Test
    void stockGrpcIsSentNothingItCannotDo() throws Exception {
        assertThat(metadata(MeshFixture.of(policy("hedging: {}")).seenByGrpc())).doesNotContain("io.inmesh");
    }

    private static String policy(String block) {
        return """
            apiVersion: inmesh.io/v1alpha1
            kind: BackendTrafficPolicy
            metadata: {name: reviews, namespace: default}
            spec:
              host: reviews
              %s
            """.formatted(block);
    }

    private static String metadata(MeshFixture mesh) throws Exception {
        Cluster cluster = mesh.cluster(CLUSTER);
        return TextFormat.printer()
                .printToString(cluster.getMetadata())
                .replaceAll("\\s+", " ")
                .replace("key: \"", "")
                .replace("\" value", " value");
    }
}
