package io.inmesh.server.translate;

import io.inmesh.server.rule.Field;
import java.util.List;
import java.util.Set;

/**
 * How a cluster chooses among its endpoints, as two resources have it together.
 *
 * <p>What the policy says wins over what the rule says. A policy that asks for hashing without saying of what takes the key of the rule.
 *
 * @param rule {@code loadBalancer} of the DestinationRule in force; may be absent
 * @param policy {@code spec.loadBalancer} of the BackendTrafficPolicy in force; may be absent
 */
record Balancing(Field rule, Field policy) {
    private static final Set<String> HASHING = Set.of("RING_HASH", "MAGLEV");

    /** The algorithm by its name in a BackendTrafficPolicy; {@code LEAST_REQUEST} if nothing is said. */
    String algorithm() {
        if (policy.get("algorithm").present()) {
            return policy.get("algorithm").text();
        }
        Field hash = rule.get("consistentHash");
        if (hash.present()) {
            return hash.get("maglev").present() ? "MAGLEV" : "RING_HASH";
        }
        return switch (rule.get("simple").text()) {
            case "RANDOM" -> "RANDOM";
            case "ROUND_ROBIN" -> "ROUND_ROBIN";
            default -> "LEAST_REQUEST";
        };
    }

    /** Whether a resource asks for least request by name, rather than getting it by default. */
    boolean leastRequestByName() {
        return policy.get("algorithm").present()
                ? policy.get("algorithm").text().equals("LEAST_REQUEST")
                : rule.get("simple").text().equals("LEAST_REQUEST");
    }

    boolean hashes() {
        return HASHING.contains(algorithm());
    }

    /** What is hashed, in order; empty if the algorithm hashes nothing. */
    List<Field> hashKeys() {
        if (!hashes()) {
            return List.of();
        }
        List<Field> own = policy.get("hashOn").items();
        if (!own.isEmpty()) {
            return own;
        }
        return rule.get("consistentHash").present() ? List.of(rule.get("consistentHash")) : List.of();
    }

    /** The {@code ringHash} or {@code maglev} settings of the policy if it has them, else those of the rule. */
    Field settings(String name) {
        Field own = policy.get(name);
        return own.present() ? own : rule.get("consistentHash").get(name);
    }
}
