package io.inmesh.server.gateway;

import io.inmesh.server.gateway.RouteTable.Entry;
import io.inmesh.server.rule.Field;
import java.util.Comparator;

/**
 * Which of several matches is tried first: the most specific one, whatever the order of routes and rules. Source: Gateway API
 * {@code HTTPRouteRule.matches} and {@code GRPCRouteRule.matches}. Where a regular expression stands among paths the specification
 * leaves open; as in Istio it comes last.
 */
final class Precedence {
    /** An exact path, the longest prefix, the longest expression; then a method; then most headers; then most query parameters. */
    static final Comparator<Entry> HTTP = Comparator.comparingInt((Entry e) -> -pathRank(e.match()))
            .thenComparingInt(e -> -pathLength(e.match()))
            .thenComparingInt(e -> e.match().get("method").present() ? 0 : 1)
            .thenComparingInt(e -> -e.match().get("headers").items().size())
            .thenComparingInt(e -> -e.match().get("queryParams").items().size());

    /** Most characters of service; then of method; then most headers. */
    static final Comparator<Entry> GRPC = Comparator.comparingInt(
                    (Entry e) -> -e.match().get("method").get("service").text().length())
            .thenComparingInt(e -> -e.match().get("method").get("method").text().length())
            .thenComparingInt(e -> -e.match().get("headers").items().size());

    /** By age, then by {@code namespace/name}. */
    static final Comparator<GatewayRoute> OLDEST_ROUTE_FIRST = Comparator.comparingLong(
                    (GatewayRoute r) -> r.resource().creationTimestamp().getEpochSecond())
            .thenComparing(r -> r.namespace() + "/" + r.resource().key().name());

    private static final int EXACT = 3;
    private static final int PREFIX = 2;
    private static final int REGEX = 1;

    private Precedence() {}

    private static int pathRank(Field match) {
        return switch (match.get("path").get("type").text("PathPrefix")) {
            case "Exact" -> EXACT;
            case "RegularExpression" -> REGEX;
            default -> PREFIX;
        };
    }

    private static int pathLength(Field match) {
        String value = match.get("path").get("value").text("/");
        return pathRank(match) == PREFIX ? withoutTrailingSlash(value).length() : value.length();
    }

    /** A prefix is one of whole segments, so its last slash says nothing. */
    private static String withoutTrailingSlash(String prefix) {
        return prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    }
}
