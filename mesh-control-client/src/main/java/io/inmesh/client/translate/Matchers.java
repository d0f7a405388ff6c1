package io.inmesh.client.translate;

import io.inmesh.config.HeaderMatch;
import io.inmesh.config.PathMatch;
import io.inmesh.config.QueryMatch;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.StringMatch;
import io.inmesh.xds.route.HeaderMatcher;
import io.inmesh.xds.route.QueryParameterMatcher;
import io.inmesh.xds.type.matcher.StringMatcher;
import java.util.ArrayList;
import java.util.List;

/** Tests of strings, headers, query parameters and paths. What cannot be tested exactly makes the resource invalid. */
final class Matchers {

    private static final String CONTENT_TYPE = "content-type";
    private static final String GRPC_CONTENT = "application/grpc";

    private final ResourceReader reader;

    Matchers(ResourceReader reader) {
        this.reader = reader;
    }

    StringMatch string(String field, StringMatcher matcher) {
        boolean ignoreCase = matcher.getIgnoreCase();
        return switch (matcher.getMatchPatternCase()) {
            case EXACT -> new StringMatch.Exact(matcher.getExact(), ignoreCase);
            case PREFIX -> new StringMatch.Prefix(matcher.getPrefix(), ignoreCase);
            case SUFFIX -> new StringMatch.Suffix(matcher.getSuffix(), ignoreCase);
            case CONTAINS -> new StringMatch.Contains(matcher.getContains(), ignoreCase);
            case SAFE_REGEX -> new StringMatch.Regex(matcher.getSafeRegex().getRegex());
            case MATCHPATTERN_NOT_SET ->
                throw reader.invalid(field, "has no pattern this client knows; use exact, prefix, suffix or regex");
        };
    }

    HeaderMatch header(String field, HeaderMatcher matcher) {
        String name = matcher.getName();
        if (name.isEmpty()) {
            throw reader.invalid(field + ".name", "is empty; name the header");
        }
        boolean invert = matcher.getInvertMatch();
        StringMatch match = switch (matcher.getHeaderMatchSpecifierCase()) {
            case EXACT_MATCH -> StringMatch.exact(matcher.getExactMatch());
            case SAFE_REGEX_MATCH ->
                StringMatch.regex(matcher.getSafeRegexMatch().getRegex());
            case PREFIX_MATCH -> StringMatch.prefix(matcher.getPrefixMatch());
            case SUFFIX_MATCH -> StringMatch.suffix(matcher.getSuffixMatch());
            case CONTAINS_MATCH -> new StringMatch.Contains(matcher.getContainsMatch(), false);
            case STRING_MATCH -> string(field, matcher.getStringMatch());
            case PRESENT_MATCH -> {
                invert ^= !matcher.getPresentMatch();
                yield StringMatch.present();
            }
            case RANGE_MATCH ->
                throw reader.invalid(field + ".range_match", "is not supported; use an exact or regex match");
            // Envoy reads a matcher without specifier as a test of presence.
            case HEADERMATCHSPECIFIER_NOT_SET -> StringMatch.present();
        };
        return new HeaderMatch(name, match, invert, matcher.getTreatMissingHeaderAsEmpty());
    }

    RouteMatch route(String field, io.inmesh.xds.route.RouteMatch match) {
        if (match.hasRuntimeFraction()) {
            throw reader.invalid(field + ".runtime_fraction", "is not supported; use weighted clusters");
        }
        List<HeaderMatch> headers = new ArrayList<>();
        for (int i = 0; i < match.getHeadersCount(); i++) {
            headers.add(header(field + ".headers[" + i + "]", match.getHeaders(i)));
        }
        if (match.hasGrpc()) {
            headers.add(HeaderMatch.of(CONTENT_TYPE, StringMatch.prefix(GRPC_CONTENT)));
        }
        List<QueryMatch> query = new ArrayList<>();
        for (int i = 0; i < match.getQueryParametersCount(); i++) {
            query.add(query(field + ".query_parameters[" + i + "]", match.getQueryParameters(i)));
        }
        return new RouteMatch(path(field, match), headers, query);
    }

    private QueryMatch query(String field, QueryParameterMatcher matcher) {
        return switch (matcher.getQueryParameterMatchSpecifierCase()) {
            case STRING_MATCH -> new QueryMatch(matcher.getName(), string(field, matcher.getStringMatch()));
            case PRESENT_MATCH, QUERYPARAMETERMATCHSPECIFIER_NOT_SET ->
                new QueryMatch(matcher.getName(), StringMatch.present());
        };
    }

    private PathMatch path(String field, io.inmesh.xds.route.RouteMatch match) {
        boolean ignoreCase =
                match.hasCaseSensitive() && !match.getCaseSensitive().getValue();
        return switch (match.getPathSpecifierCase()) {
            case PREFIX -> new PathMatch(PathMatch.Kind.PREFIX, match.getPrefix(), ignoreCase);
            case PATH -> new PathMatch(PathMatch.Kind.EXACT, match.getPath(), ignoreCase);
            case PATH_SEPARATED_PREFIX ->
                new PathMatch(PathMatch.Kind.SEGMENT_PREFIX, match.getPathSeparatedPrefix(), ignoreCase);
            case SAFE_REGEX -> PathMatch.regex(match.getSafeRegex().getRegex());
            case PATHSPECIFIER_NOT_SET -> throw reader.invalid(field, "needs a path, a prefix or a regular expression");
        };
    }
}
