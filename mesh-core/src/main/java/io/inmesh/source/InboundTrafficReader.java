package io.inmesh.source;

import io.inmesh.config.ConcurrencyConfig;
import io.inmesh.config.Condition;
import io.inmesh.config.InboundTrafficConfig;
import io.inmesh.config.RateLimitConfig;
import io.inmesh.config.RateLimitConfig.Bucket;
import java.time.Duration;
import java.util.Locale;

/** Reads {@code inbound.traffic}. */
final class InboundTrafficReader {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private InboundTrafficReader() {}

    static InboundTrafficConfig read(Section traffic) {
        return new InboundTrafficConfig(
                MeshConfigYaml.all(traffic.list("rateLimits"), InboundTrafficReader::rateLimit),
                traffic.findSection("concurrency", InboundTrafficReader::concurrency),
                traffic.flag("trustCriticality", false),
                traffic.duration("minRemaining", Duration.ZERO),
                traffic.value().place());
    }

    private static RateLimitConfig rateLimit(Section limit) {
        String name = limit.required("name");
        limit.required("tokens");
        long tokens = limit.get("tokens", Value::whole, 1L);
        return new RateLimitConfig(
                name,
                limit.get("when", ConditionReader::read, new Condition.Always()),
                limit.get("burst", Value::whole, tokens),
                tokens,
                limit.duration("fillInterval", SECOND),
                limit.section("per", InboundTrafficReader::bucket, new Bucket.Shared()));
    }

    private static Bucket bucket(Section per) {
        int maxValues = per.integer("maxValues", Bucket.DEFAULT_MAX_VALUES);
        String header = per.text("header");
        boolean principal = per.flag("sourcePrincipal", false);
        if ((header != null) == principal) {
            per.value()
                    .report("names " + (principal ? "two things" : "nothing"), "give header, or sourcePrincipal: true");
        }
        return header != null
                ? new Bucket.PerHeader(header.toLowerCase(Locale.ROOT), maxValues)
                : new Bucket.PerPrincipal(maxValues);
    }

    private static ConcurrencyConfig concurrency(Section concurrency) {
        ConcurrencyConfig usual = ConcurrencyConfig.DEFAULT;
        return new ConcurrencyConfig(
                concurrency.integer("initialLimit", usual.initialLimit()),
                concurrency.integer("minLimit", usual.minLimit()),
                concurrency.integer("maxLimit", usual.maxLimit()),
                concurrency.get("latencyTolerance", Value::decimal, usual.latencyTolerance()),
                concurrency.duration("maxQueueWait", usual.maxQueueWait()));
    }
}
