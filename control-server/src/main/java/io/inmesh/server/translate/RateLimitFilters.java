package io.inmesh.server.translate;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.ApiPath;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.RateLimitRule;
import io.inmesh.xds.core.RuntimeFractionalPercent;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.filter.ratelimit.LocalRateLimit;
import io.inmesh.xds.filter.ratelimit.common.LocalRateLimitDescriptor;
import io.inmesh.xds.filter.ratelimit.common.RateLimitDescriptor;
import io.inmesh.xds.route.HeaderMatcher;
import io.inmesh.xds.route.RateLimit;
import io.inmesh.xds.type.TokenBucket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Rate limits whose bucket all requests share, as Envoy's own filter: each is a description that the requests it is about get, and a
 * bucket for that description. The key of the description is the policy, its value the name of the limit.
 */
final class RateLimitFilters {
    private static final String FILTER = "envoy.filters.http.local_ratelimit";

    /** Behind every pattern of a path, since Envoy's {@code :path} ends with the query. */
    private static final String ANY_QUERY = "(\\?.*)?";

    private static final RuntimeFractionalPercent ALWAYS = RuntimeFractionalPercent.newBuilder()
            .setDefaultValue(Protos.percent(100))
            .build();

    private RateLimitFilters() {}

    /** The filter of a policy; none if it has no such limit. */
    static Optional<HttpFilter> of(Resource policy) {
        String key = ApiPath.of(policy.key());
        LocalRateLimit.Builder filter = LocalRateLimit.newBuilder()
                .setStatPrefix("inbound_traffic")
                .setFilterEnabled(ALWAYS)
                .setFilterEnforced(ALWAYS);
        for (RateLimitRule limit : RateLimitRule.of(Field.spec(policy))) {
            if (limit.shared()) {
                filter.addDescriptors(LocalRateLimitDescriptor.newBuilder()
                        .addEntries(RateLimitDescriptor.Entry.newBuilder()
                                .setKey(key)
                                .setValue(limit.name()))
                        .setTokenBucket(bucket(limit)));
                filter.addRateLimits(RateLimit.newBuilder().addActions(action(key, limit)));
            }
        }
        return filter.getDescriptorsCount() == 0
                ? Optional.empty()
                : Optional.of(HttpFilter.newBuilder()
                        .setName(FILTER)
                        .setTypedConfig(Protos.pack(filter.build()))
                        .build());
    }

    private static TokenBucket bucket(RateLimitRule limit) {
        return TokenBucket.newBuilder()
                .setMaxTokens(limit.burst())
                .setTokensPerFill(Protos.uint32(limit.tokens()))
                .setFillInterval(Protos.duration(limit.fillInterval()))
                .build();
    }

    private static RateLimit.Action action(String key, RateLimitRule limit) {
        List<HeaderMatcher> headers = headers(limit.match());
        RateLimit.Action.Builder action = RateLimit.Action.newBuilder();
        if (headers.isEmpty()) {
            action.getGenericKeyBuilder().setDescriptorKey(key).setDescriptorValue(limit.name());
        } else {
            action.getHeaderValueMatchBuilder()
                    .setDescriptorKey(key)
                    .setDescriptorValue(limit.name())
                    .addAllHeaders(headers);
        }
        return action.build();
    }

    private static List<HeaderMatcher> headers(Field match) {
        List<HeaderMatcher> headers = new ArrayList<>();
        if (match.get("path").present()) {
            headers.add(path(match.get("path")));
        }
        List<String> methods = match.get("methods").texts();
        if (!methods.isEmpty()) {
            String any = methods.stream().map(RateLimitFilters::quote).collect(Collectors.joining("|"));
            headers.add(named(":method")
                    .setStringMatch(io.inmesh.xds.type.matcher.StringMatcher.newBuilder()
                            .setSafeRegex(StringMatchers.regex(any)))
                    .build());
        }
        match.get("headers").members().forEach((name, value) -> {
            HeaderMatcher.Builder header = named(name.toLowerCase(Locale.ROOT));
            headers.add(
                    StringMatchers.presence(value)
                            ? header.setPresentMatch(true).build()
                            : header.setStringMatch(StringMatchers.of(value)).build());
        });
        return headers;
    }

    private static HeaderMatcher path(Field path) {
        io.inmesh.xds.type.matcher.StringMatcher.Builder matcher =
                io.inmesh.xds.type.matcher.StringMatcher.newBuilder();
        if (path.get("prefix").present()) {
            matcher.setPrefix(path.get("prefix").text());
        } else {
            String pattern = path.get("exact").present()
                    ? quote(path.get("exact").text())
                    : "(?:" + path.get("regex").text() + ")";
            matcher.setSafeRegex(StringMatchers.regex(pattern + ANY_QUERY));
        }
        return named(":path").setStringMatch(matcher).build();
    }

    private static HeaderMatcher.Builder named(String name) {
        return HeaderMatcher.newBuilder().setName(name);
    }

    /** RE2 reads what stands between these as it is. */
    private static String quote(String text) {
        return com.google.re2j.Pattern.quote(text);
    }
}
