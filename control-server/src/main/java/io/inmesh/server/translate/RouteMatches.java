package io.inmesh.server.translate;

import com.google.protobuf.BoolValue;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.LabelSelector;
import io.inmesh.server.rule.VirtualServiceRule;
import io.inmesh.xds.route.HeaderMatcher;
import io.inmesh.xds.route.QueryParameterMatcher;
import io.inmesh.xds.route.RouteMatch;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** {@code HTTPMatchRequest}: what is decided here (who the client is) and what goes to the client (what the request looks like). */
final class RouteMatches {
    private static final Set<String> IGNORED_HEADERS = Set.of("uri", "scheme", "method", "authority");

    private RouteMatches() {}

    /** Whether a match concerns this client at all, and the service port it calls. */
    static boolean concerns(Field match, ClientContext client, int port) {
        if (match.get("port").present() && match.get("port").integer(0) != port) {
            return false;
        }
        if (!match.get("gateways").items().isEmpty()) {
            // Istio looks at the source only where no gateways are named.
            return VirtualServiceRule.appliesToMesh(match.get("gateways"));
        }
        String sourceNamespace = match.get("sourceNamespace").text();
        if (!sourceNamespace.isEmpty() && !sourceNamespace.equals(client.namespace())) {
            return false;
        }
        return new LabelSelector(match.get("sourceLabels").textMap()).matches(client.labels());
    }

    /** Whether every request matches, so that no later route can ever be reached. */
    static boolean catchAll(Field match) {
        Field uri = match.get("uri");
        boolean anyPath = uri.absent()
                || uri.get("prefix").text().equals("/")
                || List.of("*", ".*").contains(uri.get("regex").text());
        return anyPath
                && match.get("headers").members().isEmpty()
                && match.get("withoutHeaders").members().isEmpty()
                && match.get("queryParams").members().isEmpty()
                && match.get("method").absent()
                && match.get("authority").absent()
                && match.get("scheme").absent();
    }

    /** The match as clients evaluate it. An absent match is every path. */
    static RouteMatch of(Field match) {
        RouteMatch.Builder route = RouteMatch.newBuilder();
        path(route, match.get("uri"));
        if (match.get("ignoreUriCase").flag(false) && !route.hasSafeRegex()) {
            route.setCaseSensitive(BoolValue.of(false));
        }
        match.get("headers").members().forEach((name, value) -> {
            if (!IGNORED_HEADERS.contains(name)) {
                route.addHeaders(header(name, value));
            }
        });
        match.get("withoutHeaders").members().forEach((name, value) -> {
            HeaderMatcher.Builder matcher = header(name, value).setInvertMatch(true);
            if (!StringMatchers.presence(value)) {
                matcher.setTreatMissingHeaderAsEmpty(true);
            }
            route.addHeaders(matcher);
        });
        for (String pseudo : List.of("method", "authority", "scheme")) {
            if (match.get(pseudo).present()) {
                route.addHeaders(header(":" + pseudo, match.get(pseudo)));
            }
        }
        match.get("queryParams").members().forEach((name, value) -> {
            QueryParameterMatcher.Builder matcher =
                    QueryParameterMatcher.newBuilder().setName(name);
            route.addQueryParameters(
                    StringMatchers.presence(value)
                            ? matcher.setPresentMatch(true)
                            : matcher.setStringMatch(StringMatchers.of(value)));
        });
        return route.build();
    }

    private static void path(RouteMatch.Builder route, Field uri) {
        if (uri.get("exact").present()) {
            route.setPath(uri.get("exact").text());
        } else if (uri.get("regex").present()) {
            String regex = uri.get("regex").text();
            route.setSafeRegex(StringMatchers.regex(regex.equals("*") ? ".*" : regex));
        } else {
            // An empty prefix means the same as "/": every path.
            String prefix = uri.get("prefix").text();
            route.setPrefix(prefix.isEmpty() ? "/" : prefix);
        }
    }

    private static HeaderMatcher.Builder header(String name, Field value) {
        HeaderMatcher.Builder matcher = HeaderMatcher.newBuilder().setName(name.toLowerCase(Locale.ROOT));
        return StringMatchers.presence(value)
                ? matcher.setPresentMatch(true)
                : matcher.setStringMatch(StringMatchers.of(value));
    }
}
