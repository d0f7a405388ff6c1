package io.inmesh.config;

import java.util.List;
import java.util.Objects;

/**
 * When a route applies: all parts must match.
 *
 * @param path test of the path
 * @param headers tests of headers and pseudo headers
 * @param query tests of query parameters
 */
public record RouteMatch(PathMatch path, List<HeaderMatch> headers, List<QueryMatch> query) {

    /** Every request. */
    public static final RouteMatch ANY = new RouteMatch(PathMatch.ANY, List.of(), List.of());

    /** Copies the lists. */
    public RouteMatch {
        Objects.requireNonNull(path, "path");
        headers = List.copyOf(headers);
        query = List.copyOf(query);
    }

    /** {@return a match on the path alone} */
    public static RouteMatch path(PathMatch path) {
        return new RouteMatch(path, List.of(), List.of());
    }

    /** {@return this match, with one more header test} */
    public RouteMatch header(String name, StringMatch match) {
        return new RouteMatch(path, Lists.plus(headers, HeaderMatch.of(name, match)), query);
    }

    /** {@return this match, with one more query parameter test} */
    public RouteMatch query(String name, StringMatch match) {
        return new RouteMatch(path, headers, Lists.plus(query, new QueryMatch(name, match)));
    }

    /** {@return whether this matches every request} */
    public boolean matchesEverything() {
        return headers.isEmpty()
                && query.isEmpty()
                && path.kind() == PathMatch.Kind.PREFIX
                && (path.value().isEmpty() || path.value().equals("/"));
    }
}
