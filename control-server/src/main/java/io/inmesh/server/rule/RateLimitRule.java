package io.inmesh.server.rule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One entry of {@code rateLimits} of an InboundTrafficPolicy, with defaults filled in.
 *
 * @param name what to call it; the position in the list if it has no name
 * @param match which requests are meant; absent for all
 * @param tokens how many come back per interval
 * @param burst how many can be taken at once; as many as come back per interval if nothing is said
 * @param fillInterval the interval; a second if nothing is said
 * @param per whose requests share a bucket; absent if all do
 */
public record RateLimitRule(String name, Field match, int tokens, int burst, Duration fillInterval, Field per) {
    /** The entries of a policy, in order. */
    public static List<RateLimitRule> of(Field spec) {
        List<RateLimitRule> rules = new ArrayList<>();
        List<Field> entries = spec.get("rateLimits").items();
        for (int i = 0; i < entries.size(); i++) {
            Field entry = entries.get(i);
            int tokens = entry.get("tokens").integer(1);
            rules.add(new RateLimitRule(
                    entry.get("name").text(Integer.toString(i)),
                    entry.get("match"),
                    tokens,
                    entry.get("burst").integer(tokens),
                    entry.get("fillInterval").duration().orElse(Duration.ofSeconds(1)),
                    entry.get("per")));
        }
        return rules;
    }

    /** Whether all requests that are meant share one bucket. */
    public boolean shared() {
        return per.absent();
    }
}
