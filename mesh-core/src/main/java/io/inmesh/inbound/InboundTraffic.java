package io.inmesh.inbound;

import io.inmesh.authz.PolicyProblems;
import io.inmesh.config.ConcurrencyConfig;
import io.inmesh.config.FieldProblems;
import io.inmesh.config.InboundTrafficConfig;
import io.inmesh.config.RateLimitConfig;
import io.inmesh.limit.ConcurrencyLimit;
import io.inmesh.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A compiled {@link InboundTrafficConfig} with its live state: buckets and what was learned about concurrency. What a change of config
 * leaves as it is goes on with the same state.
 */
public final class InboundTraffic {

    private final InboundTrafficConfig config;
    private final RateLimit[] rateLimits;
    private final @Nullable ConcurrencyLimit concurrency;
    private final long minRemainingNanos;

    private InboundTraffic(
            InboundTrafficConfig config, RateLimit[] rateLimits, @Nullable ConcurrencyLimit concurrency) {
        this.config = config;
        this.rateLimits = rateLimits;
        this.concurrency = concurrency;
        this.minRemainingNanos = config.minRemaining().toNanos();
    }

    /** {@return the compiled form; null if nothing is asked, or if anything is wrong, which is then reported} */
    static @Nullable InboundTraffic compile(
            InboundTrafficConfig config, @Nullable InboundTraffic previous, Clock clock, PolicyProblems problems) {
        if (!config.active()) {
            return null;
        }
        String resource = config.origin().isEmpty() ? "inbound traffic policy" : config.origin();
        boolean[] wrong = new boolean[1];
        PolicyProblems noticed = (where, field, message, remedy) -> {
            wrong[0] = true;
            problems.report(resource, where.isEmpty() ? field : where + "." + field, message, remedy);
        };
        FieldProblems fields = (field, message, remedy) -> noticed.report("", field, message, remedy);
        config.check(fields);
        if (wrong[0]) {
            return null;
        }
        List<RateLimit> limits = new ArrayList<>();
        for (RateLimitConfig limit : config.rateLimits()) {
            RateLimit known = previous == null ? null : previous.find(limit);
            limits.add(known != null ? known : RateLimit.compile(limit, clock, noticed));
        }
        return wrong[0]
                ? null
                : new InboundTraffic(
                        config, limits.toArray(new RateLimit[0]), concurrency(config.concurrency(), previous, clock));
    }

    private static @Nullable ConcurrencyLimit concurrency(
            @Nullable ConcurrencyConfig config, @Nullable InboundTraffic previous, Clock clock) {
        ConcurrencyLimit known = previous == null ? null : previous.concurrency;
        if (config == null) {
            return null;
        }
        return known != null && known.config().equals(config) ? known : new ConcurrencyLimit(config, clock, known);
    }

    private @Nullable RateLimit find(RateLimitConfig wanted) {
        for (RateLimit limit : rateLimits) {
            if (limit.config().equals(wanted)) {
                return limit;
            }
        }
        return null;
    }

    RateLimit[] rateLimits() {
        return rateLimits;
    }

    /** {@return the limit on requests in flight, null if there is none} */
    public @Nullable ConcurrencyLimit concurrency() {
        return concurrency;
    }

    /** {@return what it was compiled from} */
    public InboundTrafficConfig config() {
        return config;
    }

    long minRemainingNanos() {
        return minRemainingNanos;
    }

    /** {@return "by" and the resource that asks for all this, for refusals; empty if it has no name} */
    String byOrigin() {
        return config.origin().isEmpty() ? "" : " by " + config.origin();
    }
}
