package io.inmesh.client.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.config.ClientPolicyConfig;
import io.inmesh.config.HedgingConfig;
import io.inmesh.config.ThrottlingConfig;
import io.inmesh.xds.core.Metadata;
import java.time.Duration;

/** What callers do while a cluster is slow or has too much to do: metadata {@code io.inmesh}, field {@code client_policy}. */
final class ClientPolicyTranslator {

    private static final String FIELD = "metadata.io.inmesh.client_policy";
    private static final double NANOS_PER_MILLI = 1_000_000;

    private final ResourceReader reader;

    ClientPolicyTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    /**
     * {@return the policy in a cluster's metadata; the default if there is none}
     *
     * @throws InvalidResourceException if a value is out of range
     */
    ClientPolicyConfig translate(Metadata metadata) {
        Value sent = metadata.getFilterMetadataOrDefault("io.inmesh", Struct.getDefaultInstance())
                .getFieldsMap()
                .get("client_policy");
        if (sent == null) {
            return ClientPolicyConfig.DEFAULT;
        }
        Struct policy = sent.getStructValue();
        Value chain = policy.getFieldsMap().get("chain_aware_retries");
        try {
            return new ClientPolicyConfig(
                    chain == null || chain.getBoolValue(),
                    policy.containsFields("hedging")
                            ? hedging(policy.getFieldsOrThrow("hedging").getStructValue())
                            : null,
                    policy.containsFields("throttling")
                            ? throttling(policy.getFieldsOrThrow("throttling").getStructValue())
                            : null);
        } catch (IllegalArgumentException outOfRange) {
            throw reader.invalid(FIELD, String.valueOf(outOfRange.getMessage()));
        }
    }

    private static HedgingConfig hedging(Struct hedging) {
        HedgingConfig usual = HedgingConfig.DEFAULT;
        return new HedgingConfig(
                hedging.containsFields("delay_ms") ? millis(hedging, "delay_ms") : null,
                number(hedging, "percentile", usual.percentile()),
                number(hedging, "max_extra_percent", usual.maxExtraPercent()));
    }

    private static ThrottlingConfig throttling(Struct throttling) {
        ThrottlingConfig usual = ThrottlingConfig.DEFAULT;
        return new ThrottlingConfig(
                number(throttling, "k", usual.k()),
                throttling.containsFields("window_ms") ? millis(throttling, "window_ms") : usual.window(),
                number(throttling, "max_percent", usual.maxPercent()));
    }

    private static double number(Struct block, String name, double otherwise) {
        Value value = block.getFieldsMap().get(name);
        return value == null ? otherwise : value.getNumberValue();
    }

    private static Duration millis(Struct block, String name) {
        return Duration.ofNanos((long) (block.getFieldsOrThrow(name).getNumberValue() * NANOS_PER_MILLI));
    }
}
