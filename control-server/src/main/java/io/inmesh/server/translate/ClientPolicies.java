package io.inmesh.server.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.rule.Field;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.Metadata;
import java.util.function.Consumer;

/**
 * {@code retries}, {@code hedging} and {@code throttling} of a BackendTrafficPolicy, as the cluster's metadata {@code io.inmesh}, field
 * {@code client_policy}. Envoy and stock gRPC have nothing like it and read over it.
 */
final class ClientPolicies {
    private static final String NAMESPACE = "io.inmesh";
    private static final double NANOS_PER_MILLI = 1_000_000;

    private ClientPolicies() {}

    static void apply(Cluster.Builder cluster, Field spec) {
        Struct.Builder policy = Struct.newBuilder();
        Field chain = spec.get("retries").get("chainAware");
        if (chain.present()) {
            policy.putFields(
                    "chain_aware_retries",
                    Value.newBuilder().setBoolValue(chain.flag(true)).build());
        }
        Field hedging = spec.get("hedging");
        if (hedging.present() && hedging.get("maxHedges").integer(1) > 0) {
            put(policy, "hedging", block -> {
                millis(block, "delay_ms", hedging.get("delay"));
                number(block, "percentile", hedging.get("percentile"));
                number(block, "max_extra_percent", hedging.get("maxExtraPercent"));
            });
        }
        Field throttling = spec.get("throttling");
        if (throttling.present()) {
            put(policy, "throttling", block -> {
                number(block, "k", throttling.get("k"));
                millis(block, "window_ms", throttling.get("window"));
                number(block, "max_percent", throttling.get("maxPercent"));
            });
        }
        if (policy.getFieldsCount() == 0) {
            return;
        }
        Metadata.Builder metadata = cluster.getMetadataBuilder();
        Struct others = metadata.getFilterMetadataOrDefault(NAMESPACE, Struct.getDefaultInstance());
        metadata.putFilterMetadata(
                NAMESPACE,
                others.toBuilder()
                        .putFields(
                                "client_policy",
                                Value.newBuilder().setStructValue(policy).build())
                        .build());
    }

    private static void put(Struct.Builder policy, String name, Consumer<Struct.Builder> fill) {
        Struct.Builder block = Struct.newBuilder();
        fill.accept(block);
        policy.putFields(name, Value.newBuilder().setStructValue(block).build());
    }

    private static void number(Struct.Builder block, String name, Field field) {
        field.decimal()
                .ifPresent(value -> block.putFields(
                        name, Value.newBuilder().setNumberValue(value).build()));
    }

    private static void millis(Struct.Builder block, String name, Field field) {
        field.duration()
                .ifPresent(value -> block.putFields(
                        name,
                        Value.newBuilder()
                                .setNumberValue(value.toNanos() / NANOS_PER_MILLI)
                                .build()));
    }
}
