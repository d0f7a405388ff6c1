package io.inmesh.server.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.rule.Field;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.LoadBalancingPolicy;
import io.inmesh.xds.core.TypedExtensionConfig;
import io.inmesh.xds.type.struct.TypedStruct;

/**
 * Algorithms that go by latency and reported load, which only the mesh's own clients have. They are sent as a typed struct that others skip,
 * followed by least request. Source: Envoy takes the first entry of {@code load_balancing_policy} that it knows, as gRPC does (A52).
 */
final class LearningPolicies {
    private static final String TYPE_PREFIX = "type.googleapis.com/io.inmesh.balance.";
    private static final String LEAST_REQUEST =
            "envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest";

    private LearningPolicies() {}

    static void apply(Cluster.Builder cluster, Balancing balancing) {
        boolean probing = balancing.algorithm().equals("PROBING");
        Field policy = balancing.policy();
        Struct.Builder config = Struct.newBuilder();
        put(config, policy, "peakEwma");
        if (probing) {
            put(config, policy, "probing");
        }
        String name = probing ? "Probing" : "PeakEwma";
        TypedStruct own = TypedStruct.newBuilder()
                .setTypeUrl(TYPE_PREFIX + name)
                .setValue(config)
                .build();
        // An empty message, so its type is all there is to write.
        Any standard = Any.newBuilder()
                .setTypeUrl("type.googleapis.com/" + LEAST_REQUEST)
                .build();
        cluster.setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST)
                .setLoadBalancingPolicy(LoadBalancingPolicy.newBuilder()
                        .addPolicies(policy("io.inmesh." + name, Protos.pack(own)))
                        .addPolicies(policy("envoy.load_balancing_policies.least_request", standard)));
    }

    private static LoadBalancingPolicy.Policy policy(String name, Any config) {
        return LoadBalancingPolicy.Policy.newBuilder()
                .setTypedExtensionConfig(
                        TypedExtensionConfig.newBuilder().setName(name).setTypedConfig(config))
                .build();
    }

    /** Puts the settings of one algorithm, durations in seconds. */
    private static void put(Struct.Builder config, Field policy, String name) {
        Field settings = policy.get(name);
        if (settings.absent()) {
            return;
        }
        Struct.Builder inner = Protos.json(settings).getStructValue().toBuilder();
        for (String duration : new String[] {"decay", "initialLatency", "sampleMaxAge"}) {
            settings.get(duration).duration().ifPresent(value -> inner.putFields(duration, seconds(value)));
        }
        config.putFields(name, Value.newBuilder().setStructValue(inner).build());
    }

    private static Value seconds(java.time.Duration duration) {
        return Protos.string(java.math.BigDecimal.valueOf(duration.toNanos(), 9)
                        .stripTrailingZeros()
                        .toPlainString()
                + "s");
    }
}
