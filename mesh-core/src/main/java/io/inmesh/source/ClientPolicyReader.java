package io.inmesh.source;

import io.inmesh.config.ClientPolicyConfig;
import io.inmesh.config.HedgingConfig;
import io.inmesh.config.ThrottlingConfig;

/** Reads the {@code clientPolicy} of a cluster. */
final class ClientPolicyReader {

    private ClientPolicyReader() {}

    static ClientPolicyConfig read(Section policy) {
        ClientPolicyConfig usual = ClientPolicyConfig.DEFAULT;
        return new ClientPolicyConfig(
                policy.flag("chainAwareRetries", usual.chainAwareRetries()),
                policy.findSection("hedging", ClientPolicyReader::hedging),
                policy.findSection("throttling", ClientPolicyReader::throttling));
    }

    private static HedgingConfig hedging(Section hedging) {
        HedgingConfig usual = HedgingConfig.DEFAULT;
        return new HedgingConfig(
                hedging.duration("delay"),
                hedging.get("percentile", Value::decimal, usual.percentile()),
                hedging.get("maxExtraPercent", Value::decimal, usual.maxExtraPercent()));
    }

    private static ThrottlingConfig throttling(Section throttling) {
        ThrottlingConfig usual = ThrottlingConfig.DEFAULT;
        return new ThrottlingConfig(
                throttling.get("k", Value::decimal, usual.k()),
                throttling.duration("window", usual.window()),
                throttling.get("maxPercent", Value::decimal, usual.maxPercent()));
    }
}
