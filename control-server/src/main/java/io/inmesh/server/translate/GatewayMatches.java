package io.inmesh.server.translate;

import com.google.re2j.Pattern;
import io.inmesh.server.gateway.RouteKind;
import io.inmesh.server.gateway.RouteTable.Entry;
import io.inmesh.server.rule.Field;
import io.inmesh.xds.route.HeaderMatcher;
import io.inmesh.xds.route.QueryParameterMatcher;
import io.inmesh.xds.route.RouteMatch;
import io.inmesh.xds.type.matcher.StringMatcher;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Matches of HTTPRoutes and GRPCRoutes as clients evaluate them. */
final class GatewayMatches {
    /** One segment of a path, where a service or method may be any. */
    private static final String ANY_NAME = "[^/]+";

    private GatewayMatches() {}

    /**
     * The match; two of them, the shorter path first, if a prefix is to be told without a matcher for whole segments.
     *
     * @param entry what to match
     * @param split whether a prefix becomes the exact path and everything below it, for clients (stock gRPC) and rewrites that know no
     *     whole segments
     * @param everyOnePosts whether the client has no other method than POST, so that it need not be matched
     */
    static List<RouteMatch> of(Entry entry, boolean split, boolean everyOnePosts) {
        RouteMatch.Builder match = RouteMatch.newBuilder();
        headers(match, entry.match().get("headers"));
        if (entry.route().kind() == RouteKind.GRPC) {
            method(match, entry.match().get("method"));
            return List.of(match.build());
        }
        if (entry.match().get("method").present() && !everyOnePosts) {
            match.addHeaders(HeaderMatcher.newBuilder()
                    .setName(":method")
                    .setStringMatch(StringMatcher.newBuilder()
                            .setExact(entry.match().get("method").text())));
        }
        queryParameters(match, entry.match().get("queryParams"));
        return path(match, entry.match().get("path"), split);
    }

    /** The prefix a match asks for, without its last slash; empty if it matches every path, or asks for no prefix. */
    static String prefix(Field match) {
        Field path = match.get("path");
        if (!path.get("type").text("PathPrefix").equals("PathPrefix")) {
            return "";
        }
        String value = path.get("value").text("/");
        return value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
    }

    private static List<RouteMatch> path(RouteMatch.Builder match, Field path, boolean split) {
        String value = path.get("value").text("/");
        switch (path.get("type").text("PathPrefix")) {
            case "Exact" -> match.setPath(value);
            case "RegularExpression" -> match.setSafeRegex(StringMatchers.regex(value));
            default -> {
                String prefix = value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
                if (prefix.isEmpty()) {
                    match.setPrefix("/");
                } else if (split) {
                    return List.of(
                            match.clone().setPath(prefix).build(),
                            match.setPrefix(prefix + "/").build());
                } else {
                    match.setPathSeparatedPrefix(prefix);
                }
            }
        }
        return List.of(match.build());
    }

    private static void method(RouteMatch.Builder match, Field method) {
        String service = method.get("service").text();
        String name = method.get("method").text();
        if (service.isEmpty() && name.isEmpty()) {
            match.setPrefix("/");
        } else if (method.get("type").text().equals("RegularExpression")) {
            match.setSafeRegex(StringMatchers.regex("/" + expression(service) + "/" + expression(name)));
        } else if (name.isEmpty()) {
            match.setPrefix("/" + service + "/");
        } else if (service.isEmpty()) {
            match.setSafeRegex(StringMatchers.regex("/" + ANY_NAME + "/" + Pattern.quote(name)));
        } else {
            match.setPath("/" + service + "/" + name);
        }
    }

    private static String expression(String part) {
        return part.isEmpty() ? ANY_NAME : "(?:" + part + ")";
    }

    /** Of several conditions on one header the first one counts. */
    private static void headers(RouteMatch.Builder match, Field headers) {
        Set<String> seen = new HashSet<>();
        for (Field header : headers.items()) {
            String name = header.get("name").text().toLowerCase(Locale.ROOT);
            if (seen.add(name)) {
                match.addHeaders(HeaderMatcher.newBuilder().setName(name).setStringMatch(value(header)));
            }
        }
    }

    private static void queryParameters(RouteMatch.Builder match, Field parameters) {
        Set<String> seen = new HashSet<>();
        for (Field parameter : parameters.items()) {
            if (seen.add(parameter.get("name").text())) {
                match.addQueryParameters(QueryParameterMatcher.newBuilder()
                        .setName(parameter.get("name").text())
                        .setStringMatch(value(parameter)));
            }
        }
    }

    private static StringMatcher value(Field condition) {
        String value = condition.get("value").text();
        return condition.get("type").text().equals("RegularExpression")
                ? StringMatcher.newBuilder()
                        .setSafeRegex(StringMatchers.regex(value))
                        .build()
                : StringMatcher.newBuilder().setExact(value).build();
    }
}
