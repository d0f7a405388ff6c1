package io.inmesh.client.translate;

import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.RateLimitConfig;
import io.inmesh.config.StringMatch;
import io.inmesh.xds.core.RuntimeFractionalPercent;
import io.inmesh.xds.filter.ratelimit.LocalRateLimit;
import io.inmesh.xds.filter.ratelimit.common.LocalRateLimitDescriptor;
import io.inmesh.xds.filter.ratelimit.common.RateLimitDescriptor;
import io.inmesh.xds.route.HeaderMatcher;
import io.inmesh.xds.route.RateLimit;
import io.inmesh.xds.type.TokenBucket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Envoy's {@code local_ratelimit} filter: a bucket for all requests, and one for each description that requests get. A description that
 * cannot be made here exactly makes the listener invalid, since a limit that does not hold protects nobody.
 */
final class RateLimitTranslator {

    private static final String PATH = ":path";
    /** Envoy's {@code :path} has the query; policies see the canonical path without it. */
    private static final String ANY_QUERY = "(\\?.*)?";

    private static final String ALL = "all";
    private static final int MILLION = 1_000_000;

    private final ResourceReader reader;
    private final Matchers matchers;

    RateLimitTranslator(ResourceReader reader) {
        this.reader = reader;
        this.matchers = new Matchers(reader);
    }

    List<RateLimitConfig> translate(String place, LocalRateLimit filter) {
        if (millionths(filter.getFilterEnabled()) == 0 || millionths(filter.getFilterEnforced()) == 0) {
            reader.ignored().note(place, "it is enforced for no request");
            return List.of();
        }
        noteUnused(place, filter);
        List<RateLimitConfig> limits = new ArrayList<>();
        if (filter.hasTokenBucket()) {
            boolean always = !filter.hasAlwaysConsumeDefaultTokenBucket()
                    || filter.getAlwaysConsumeDefaultTokenBucket().getValue();
            if (!always && filter.getDescriptorsCount() > 0) {
                throw reader.invalid(
                        place + ".always_consume_default_token_bucket", "must be true where there are descriptors");
            }
            limits.add(limit(place, ALL, new Condition.Always(), filter.getTokenBucket()));
        }
        for (int i = 0; i < filter.getDescriptorsCount(); i++) {
            String field = place + ".descriptors[" + i + "]";
            LocalRateLimitDescriptor descriptor = filter.getDescriptors(i);
            if (descriptor.getEntriesCount() != 1) {
                throw reader.invalid(field + ".entries", "must be one; longer descriptions are not supported");
            }
            RateLimitDescriptor.Entry entry = descriptor.getEntries(0);
            limits.add(limit(field, entry.getValue(), described(field, entry, filter), descriptor.getTokenBucket()));
        }
        return limits;
    }

    private void noteUnused(String place, LocalRateLimit filter) {
        boolean partly =
                millionths(filter.getFilterEnabled()) < MILLION || millionths(filter.getFilterEnforced()) < MILLION;
        reader.ignored().noteIf(partly, place, "it is enforced for every request, not for a share of them");
        reader.ignored()
                .noteIf(
                        filter.getRateLimitedAsResourceExhausted(),
                        place + ".rate_limited_as_resource_exhausted",
                        "gRPC callers are answered UNAVAILABLE");
        reader.ignored()
                .noteIf(
                        filter.getLocalRateLimitPerDownstreamConnection(),
                        place + ".local_rate_limit_per_downstream_connection",
                        "connections share a bucket");
    }

    private RateLimitConfig limit(String field, String name, Condition match, TokenBucket bucket) {
        long tokens = bucket.hasTokensPerFill() ? Values.unsigned(bucket.getTokensPerFill()) : 1;
        Duration interval = Values.duration(bucket.getFillInterval());
        if (bucket.getMaxTokens() == 0 || tokens == 0 || interval.isNegative() || interval.isZero()) {
            throw reader.invalid(
                    field + ".token_bucket", "needs max_tokens, tokens_per_fill and fill_interval above zero");
        }
        return new RateLimitConfig(
                name,
                match,
                Integer.toUnsignedLong(bucket.getMaxTokens()),
                tokens,
                interval,
                new RateLimitConfig.Bucket.Shared());
    }

    /** {@return which requests get a description} */
    private Condition described(String field, RateLimitDescriptor.Entry entry, LocalRateLimit filter) {
        List<Condition> ways = new ArrayList<>();
        for (RateLimit rateLimit : filter.getRateLimitsList()) {
            if (rateLimit.getActionsCount() != 1) {
                throw reader.invalid(field, "rate_limits with other than one action are not supported");
            }
            RateLimit.Action action = rateLimit.getActions(0);
            switch (action.getActionSpecifierCase()) {
                case GENERIC_KEY -> {
                    RateLimit.Action.GenericKey key = action.getGenericKey();
                    if (is(entry, key.getDescriptorKey(), "generic_key", key.getDescriptorValue())) {
                        ways.add(new Condition.Always());
                    }
                }
                case HEADER_VALUE_MATCH -> {
                    RateLimit.Action.HeaderValueMatch match = action.getHeaderValueMatch();
                    if (is(entry, match.getDescriptorKey(), "header_match", match.getDescriptorValue())) {
                        Condition headers = headers(field, match.getHeadersList());
                        boolean wanted = !match.hasExpectMatch()
                                || match.getExpectMatch().getValue();
                        ways.add(wanted ? headers : new Condition.Not(headers));
                    }
                }
                case ACTIONSPECIFIER_NOT_SET ->
                    throw reader.invalid(
                            "rate_limits", "has an action that is neither generic_key nor header_value_match");
            }
        }
        if (ways.isEmpty()) {
            throw reader.invalid(field, "no entry of rate_limits describes requests as \"" + entry.getValue() + "\"");
        }
        return ways.size() == 1 ? ways.get(0) : new Condition.AnyOf(ways);
    }

    private static boolean is(RateLimitDescriptor.Entry entry, String key, String usualKey, String value) {
        return entry.getKey().equals(key.isEmpty() ? usualKey : key)
                && entry.getValue().equals(value);
    }

    private Condition headers(String field, List<HeaderMatcher> headers) {
        List<Condition> all = new ArrayList<>();
        for (HeaderMatcher header : headers) {
            HeaderMatch match = matchers.header(field, header);
            Condition condition = match.name().equals(PATH)
                    ? new Condition.Path(withoutQuery(field, match.match()))
                    : new Condition.Header(new HeaderMatch(match.name(), match.match(), false, match.missingAsEmpty()));
            all.add(match.invert() ? new Condition.Not(condition) : condition);
        }
        return all.size() == 1 ? all.get(0) : new Condition.All(all);
    }

    /** {@return the same test of the path alone} */
    private StringMatch withoutQuery(String field, StringMatch match) {
        if (match instanceof StringMatch.Prefix prefix && prefix.value().indexOf('?') < 0) {
            return prefix;
        }
        if (match instanceof StringMatch.Regex regex && regex.pattern().endsWith(ANY_QUERY)) {
            String path = regex.pattern().substring(0, regex.pattern().length() - ANY_QUERY.length());
            String literal = Literals.literal(path);
            return literal != null ? StringMatch.exact(literal) : StringMatch.regex(path);
        }
        throw reader.invalid(
                field, "a test of :path must be a prefix, or a regular expression that ends with " + ANY_QUERY);
    }

    private static int millionths(RuntimeFractionalPercent percent) {
        return Values.millionths(percent.getDefaultValue());
    }
}
