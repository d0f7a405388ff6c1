package io.inmesh.cluster;

import io.inmesh.call.Criticality;
import io.inmesh.config.ClientPolicyConfig;
import io.inmesh.limit.Throttle;
import io.inmesh.retry.Hedging;
import io.inmesh.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How callers treat a cluster that is slow or has too much to do, with what they have learned. What is off costs one volatile read. */
public final class ClientPolicy {

    private final Clock clock;
    private volatile Rules rules;

    /** A config and what has been learned under it. */
    private record Rules(
            ClientPolicyConfig config,
            @Nullable Hedging hedging,
            @Nullable Throttle throttle) {}

    /**
     * Makes a policy that has learned nothing.
     *
     * @param config its rules
     * @param clock its monotonic time is used
     */
    public ClientPolicy(ClientPolicyConfig config, Clock clock) {
        this.clock = clock;
        this.rules = new Rules(config, hedging(config), throttle(config));
    }

    /** Takes over other rules; what was learned under rules that have not changed stays. */
    public void reconfigure(ClientPolicyConfig newer) {
        Rules before = rules;
        boolean sameHedging = Objects.equals(before.config().hedging(), newer.hedging());
        boolean sameThrottling = Objects.equals(before.config().throttling(), newer.throttling());
        rules = new Rules(
                newer,
                sameHedging ? before.hedging() : hedging(newer),
                sameThrottling ? before.throttle() : throttle(newer));
    }

    /** {@return whether calls made for a repeated request are not repeated} */
    public boolean chainAwareRetries() {
        return rules.config().chainAwareRetries();
    }

    /** {@return when calls are hedged; null for never} */
    public @Nullable Hedging hedging() {
        return rules.hedging();
    }

    /** {@return what refuses calls while servers refuse many; null for never} */
    public @Nullable Throttle throttle() {
        return rules.throttle();
    }

    /** {@return what is unusual about it and how that stands now, for an explanation; empty if nothing is} */
    public String words() {
        Rules now = rules;
        List<String> words = new ArrayList<>();
        if (!now.config().chainAwareRetries()) {
            words.add("calls for repeated requests are repeated too");
        }
        if (now.hedging() != null) {
            words.add(now.hedging().words());
        }
        if (now.throttle() != null) {
            long percent = Math.round(now.throttle().refusedShare(Criticality.CRITICAL) * 100);
            words.add("throttled: " + percent + " % of critical calls are not sent now");
        }
        return String.join("; ", words);
    }

    private @Nullable Hedging hedging(ClientPolicyConfig config) {
        return config.hedging() == null ? null : new Hedging(config.hedging(), clock);
    }

    private @Nullable Throttle throttle(ClientPolicyConfig config) {
        return config.throttling() == null ? null : new Throttle(config.throttling(), clock);
    }
}
