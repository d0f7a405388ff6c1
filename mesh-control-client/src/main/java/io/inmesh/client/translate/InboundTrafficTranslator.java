package io.inmesh.client.translate;

import io.inmesh.config.ConcurrencyConfig;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.InboundTrafficConfig;
import io.inmesh.config.RateLimitConfig;
import io.inmesh.config.RateLimitConfig.Bucket;
import io.inmesh.config.StringMatch;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.filter.ratelimit.LocalRateLimit;
import io.inmesh.xds.type.struct.TypedStruct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The filters about load in one chain: Envoy's for rate limits, and our own with what Envoy cannot say. */
final class InboundTrafficTranslator {

    private static final String LOCAL_RATE_LIMIT = "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";
    private static final String TYPED_STRUCT = "xds.type.v3.TypedStruct";
    private static final String OWN = "io.inmesh.filters.http.InboundTraffic";

    private final ResourceReader reader;
    private final List<RateLimitConfig> rateLimits = new ArrayList<>();
    private InboundTrafficConfig own = InboundTrafficConfig.NONE;

    InboundTrafficTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    /** {@return whether a filter is one of these, and has been read} */
    boolean read(HttpFilter filter) {
        String place = ListenerTranslator.place(filter);
        String type = filter.getTypedConfig().getTypeUrl();
        if (filter.getDisabled()) {
            return false;
        }
        if (type.endsWith(LOCAL_RATE_LIMIT)) {
            LocalRateLimit limits = reader.unpack(place, filter.getTypedConfig(), LocalRateLimit.parser());
            rateLimits.addAll(new RateLimitTranslator(reader).translate(place, limits));
            return true;
        }
        if (type.endsWith(TYPED_STRUCT)) {
            TypedStruct struct = reader.unpack(place, filter.getTypedConfig(), TypedStruct.parser());
            if (struct.getTypeUrl().endsWith(OWN)) {
                StructReader traffic = new StructReader(reader, place, struct.getValue());
                own = traffic(traffic);
                traffic.end();
                return true;
            }
        }
        return false;
    }

    /** {@return what the filters read so far ask together} */
    InboundTrafficConfig traffic() {
        List<RateLimitConfig> all = new ArrayList<>(rateLimits);
        all.addAll(own.rateLimits());
        return new InboundTrafficConfig(
                all, own.concurrency(), own.trustCriticality(), own.minRemaining(), own.origin());
    }

    private InboundTrafficConfig traffic(StructReader traffic) {
        return new InboundTrafficConfig(
                traffic.list("rateLimits", this::rateLimit),
                traffic.inner("concurrency", InboundTrafficTranslator::concurrency),
                traffic.flag("trustCriticality"),
                traffic.duration("minRemaining", Duration.ZERO),
                Values.originOf(traffic.text("origin", "")));
    }

    private RateLimitConfig rateLimit(StructReader limit) {
        int tokens = limit.integer("tokens", 0);
        Condition match = limit.inner("match", InboundTrafficTranslator::match);
        Bucket bucket = limit.inner("per", InboundTrafficTranslator::bucket);
        return new RateLimitConfig(
                limit.text("name", ""),
                match == null ? new Condition.Always() : match,
                limit.integer("burst", tokens),
                tokens,
                limit.duration("fillInterval", Duration.ofSeconds(1)),
                bucket == null ? new Bucket.Shared() : bucket);
    }

    private static Bucket bucket(StructReader per) {
        int maxValues = per.integer("maxValues", Bucket.DEFAULT_MAX_VALUES);
        String header = per.text("header", "");
        if (header.isEmpty() != per.flag("sourcePrincipal")) {
            throw per.wrong("", "needs either header or sourcePrincipal");
        }
        return header.isEmpty()
                ? new Bucket.PerPrincipal(maxValues)
                : new Bucket.PerHeader(header.toLowerCase(Locale.ROOT), maxValues);
    }

    private static Condition match(StructReader match) {
        List<Condition> all = new ArrayList<>();
        StringMatch path = match.inner("path", InboundTrafficTranslator::text);
        if (path != null) {
            all.add(new Condition.Path(path));
        }
        List<Condition> methods = new ArrayList<>();
        for (String method : match.texts("methods")) {
            methods.add(new Condition.Header(HeaderMatch.of(":method", StringMatch.exact(method))));
        }
        if (!methods.isEmpty()) {
            all.add(new Condition.AnyOf(methods));
        }
        List<Condition> headers = match.inner("headers", InboundTrafficTranslator::headers);
        all.addAll(headers == null ? List.of() : headers);
        return all.size() == 1 ? all.get(0) : new Condition.All(all);
    }

    private static List<Condition> headers(StructReader headers) {
        List<Condition> all = new ArrayList<>();
        for (String name : headers.names().stream().sorted().toList()) {
            StringMatch match = headers.inner(name, InboundTrafficTranslator::text);
            if (match != null) {
                all.add(new Condition.Header(HeaderMatch.of(name, match)));
            }
        }
        return all;
    }

    private static StringMatch text(StructReader text) {
        String exact = text.text("exact", "");
        String prefix = text.text("prefix", "");
        String regex = text.text("regex", "");
        if (!exact.isEmpty()) {
            return StringMatch.exact(exact);
        }
        if (!prefix.isEmpty()) {
            return StringMatch.prefix(prefix);
        }
        return regex.isEmpty() || regex.equals("*") ? StringMatch.present() : StringMatch.regex(regex);
    }

    private static ConcurrencyConfig concurrency(StructReader concurrency) {
        ConcurrencyConfig usual = ConcurrencyConfig.DEFAULT;
        return new ConcurrencyConfig(
                concurrency.integer("initialLimit", usual.initialLimit()),
                concurrency.integer("minLimit", usual.minLimit()),
                concurrency.integer("maxLimit", usual.maxLimit()),
                concurrency.number("latencyTolerance", usual.latencyTolerance()),
                concurrency.duration("maxQueueWait", usual.maxQueueWait()));
    }
}
