package io.inmesh.config;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a process does to stay alive under more requests than it can serve.
 *
 * <p>Source: our {@code InboundTrafficPolicy}.
 *
 * @param rateLimits limits on how often; a request must pass all that are about it
 * @param concurrency limit on how many at once, null for none
 * @param trustCriticality whether the criticality header is believed from peers that proved no identity too
 * @param minRemaining requests whose caller waits less long than this are refused; zero refuses only what is late already
 * @param origin the resource that says so, empty if none
 */
public record InboundTrafficConfig(
        List<RateLimitConfig> rateLimits,
        @Nullable ConcurrencyConfig concurrency,
        boolean trustCriticality,
        Duration minRemaining,
        String origin) {

    /** Refuses nothing for the sake of load. */
    public static final InboundTrafficConfig NONE = new InboundTrafficConfig(List.of(), null, false, Duration.ZERO, "");

    /** Copies the list. */
    public InboundTrafficConfig {
        rateLimits = List.copyOf(rateLimits);
        Objects.requireNonNull(minRemaining, "minRemaining");
        Objects.requireNonNull(origin, "origin");
    }

    /** {@return limits on how often, and nothing else} */
    public static InboundTrafficConfig limiting(String origin, RateLimitConfig... rateLimits) {
        return new InboundTrafficConfig(List.of(rateLimits), null, false, Duration.ZERO, origin);
    }

    /** {@return this, with a limit on how many at once} */
    public InboundTrafficConfig withConcurrency(ConcurrencyConfig concurrency) {
        return new InboundTrafficConfig(rateLimits, concurrency, trustCriticality, minRemaining, origin);
    }

    /** {@return this, refusing what the caller waits too short a time for} */
    public InboundTrafficConfig withMinRemaining(Duration minRemaining) {
        return new InboundTrafficConfig(rateLimits, concurrency, trustCriticality, minRemaining, origin);
    }

    /** {@return this, believing anybody's criticality header} */
    public InboundTrafficConfig trustingCriticality() {
        return new InboundTrafficConfig(rateLimits, concurrency, true, minRemaining, origin);
    }

    /** {@return whether this refuses anything} */
    public boolean active() {
        return !rateLimits.isEmpty() || concurrency != null || !minRemaining.isZero();
    }

    /** Reports every value that cannot be. */
    public void check(FieldProblems problems) {
        Set<String> names = new HashSet<>();
        for (RateLimitConfig limit : rateLimits) {
            FieldProblems found = problems.within("rateLimits[" + limit.name() + "]");
            if (!names.add(limit.name())) {
                found.report("name", "is used twice", "give each limit its own name");
            }
            limit.check(found);
        }
        if (concurrency != null) {
            concurrency.check(problems.within("concurrency"));
        }
        if (!minRemaining.isZero()) {
            Durations.checkPositive("minRemaining", minRemaining, problems);
        }
    }
}
