package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.config.EndpointConfig;
import io.inmesh.xds.core.Address;
import io.inmesh.xds.core.Locality;
import io.inmesh.xds.core.Metadata;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.Endpoint;
import io.inmesh.xds.endpoint.LbEndpoint;
import io.inmesh.xds.endpoint.LocalityLbEndpoints;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is kept of endpoints. */
final class EndpointTranslatorTest {

    private static final int ENDPOINTS = 10_000;

    /** Ten thousand endpoints of two versions, which differ in their addresses only. */
    @Test
    void longStringsThatEndpointsHaveInCommonAreNotDuplicated() throws Exception {
        LocalityLbEndpoints.Builder locality = LocalityLbEndpoints.newBuilder()
                .setLocality(Locality.newBuilder().setRegion("eu").setZone("a"));
        for (int i = 0; i < ENDPOINTS; i++) {
            locality.addLbEndpoints(endpoint("10.0." + i / 250 + "." + i % 250, "v" + i % 2));
        }
        // As it comes, with texts of its own for each endpoint.
        ClusterLoadAssignment read = ClusterLoadAssignment.parseFrom(ClusterLoadAssignment.newBuilder()
                .setClusterName("reviews")
                .addEndpoints(locality)
                .build()
                .toByteString());

        List<EndpointConfig> endpoints = new EndpointTranslator(new ResourceReader("reviews"))
                .translate(read)
                .endpoints();

        assertThat(endpoints).hasSize(ENDPOINTS);
        Set<Object> labels = identities();
        Set<Object> texts = identities();
        for (EndpointConfig endpoint : endpoints) {
            labels.add(endpoint.labels());
            endpoint.labels().forEach((name, value) -> {
                texts.add(name);
                texts.add(value);
            });
            texts.add(endpoint.workload());
            texts.add(endpoint.locality());
        }
        assertThat(labels).hasSize(2);
        assertThat(texts)
                .as("app, its value, version, its two values, the workload and the locality")
                .hasSize(7);
        assertThat(endpoints.get(1).labels()).containsEntry("version", "v1").containsEntry("app", "x".repeat(200));
    }

    private static Set<Object> identities() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private static LbEndpoint endpoint(String address, String version) {
        Struct labels = Struct.newBuilder()
                .putFields("app", text("x".repeat(200)))
                .putFields("version", text(version))
                .build();
        return LbEndpoint.newBuilder()
                .setEndpoint(Endpoint.newBuilder()
                        .setAddress(Address.newBuilder()
                                .setSocketAddress(SocketAddress.newBuilder()
                                        .setAddress(address)
                                        .setPortValue(9080))))
                .setMetadata(Metadata.newBuilder()
                        .putFilterMetadata(
                                "inmesh",
                                Struct.newBuilder()
                                        .putFields(
                                                "labels",
                                                Value.newBuilder()
                                                        .setStructValue(labels)
                                                        .build())
                                        .build())
                        .putFilterMetadata(
                                "istio",
                                Struct.newBuilder()
                                        .putFields("workload", text("reviews-" + "y".repeat(200)))
                                        .build()))
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }
}
