package io.inmesh.inbound;

import io.inmesh.authz.PolicyProblems;
import io.inmesh.authz.RequestCondition;
import io.inmesh.config.Condition;
import io.inmesh.config.RateLimitConfig;
import io.inmesh.config.RateLimitConfig.Bucket;
import io.inmesh.identity.SpiffeId;
import io.inmesh.limit.BucketTable;
import io.inmesh.limit.TokenBucket;
import io.inmesh.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A compiled {@link RateLimitConfig} with its buckets. It outlives changes of config that leave it as it is. */
final class RateLimit {

    private static final String NOBODY = "";

    private final RateLimitConfig config;
    private final @Nullable RequestCondition condition;
    private final TokenBucket shared;
    private final @Nullable BucketTable table;

    private RateLimit(
            RateLimitConfig config,
            @Nullable RequestCondition condition,
            TokenBucket shared,
            @Nullable BucketTable table) {
        this.config = config;
        this.condition = condition;
        this.shared = shared;
        this.table = table;
    }

    /** {@return a limit with full buckets; it must not be used if the config is not valid or a problem is reported} */
    static RateLimit compile(RateLimitConfig config, Clock clock, PolicyProblems problems) {
        TokenBucket.Size size = TokenBucket.Size.of(config.burst(), config.tokens(), config.fillInterval());
        return new RateLimit(
                config,
                config.match() instanceof Condition.Always
                        ? null
                        : RequestCondition.compile(config.name(), config.match(), problems),
                new TokenBucket(size, clock.nanos()),
                table(config.bucket(), size, clock));
    }

    private static @Nullable BucketTable table(Bucket bucket, TokenBucket.Size size, Clock clock) {
        if (bucket instanceof Bucket.PerHeader header) {
            return new BucketTable(size, header.maxValues(), clock);
        }
        return bucket instanceof Bucket.PerPrincipal principal
                ? new BucketTable(size, principal.maxValues(), clock)
                : null;
    }

    RateLimitConfig config() {
        return config;
    }

    /** {@return whether it is about a request} */
    boolean isAbout(InboundWork work) {
        return condition == null || condition.holds(work.facts());
    }

    /** {@return the bucket a request takes its token from} */
    TokenBucket bucketOf(InboundWork work) {
        if (table == null) {
            return shared;
        }
        TokenBucket bucket = table.of(valueOf(work));
        if (table.isOverflow(bucket)) {
            InboundEvents.bucketsFull(work.parts().observer(), config.name());
        }
        return bucket;
    }

    private String valueOf(InboundWork work) {
        if (config.bucket() instanceof Bucket.PerHeader header) {
            List<String> values = work.call().headerValues(header.name());
            return values.isEmpty() ? NOBODY : values.size() == 1 ? values.get(0) : String.join(",", values);
        }
        SpiffeId peer = work.call().peer();
        return peer == null ? NOBODY : peer.toString();
    }
}
