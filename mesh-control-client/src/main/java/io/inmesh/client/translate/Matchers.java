package io.inmesh.client.translate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
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

/** Tests of strings, headers, query parameters and paths. */
final class Matchers {

    private Matchers() {}

    static StringMatch string(String resource, String field, StringMatcher matcher) {
        boolean ignoreCase = matcher.getIgnoreCase();
        return switch (matcher.getMatchPatternCase()) {
            case EXACT -> new StringMatch.Exact(matcher.getExact(), ignoreCase);
            case PREFIX -> new StringMatch.Prefix(matcher.getPrefix(), ignoreCase);
            case SUFFIX -> new StringMatch.Suffix(matcher.getSuffix(), ignoreCase);
            case CONTAINS -> new StringMatch.Contains(matcher.getContains(), ignoreCase);
            case SAFE_REGEX ->
                new StringMatch.Regex(
                        regex(resource, field, matcher.getSafeRegex().getRegex()));
            case MATCHPATTERN_NOT_SET ->
                throw new InvalidResourceException(
                        resource, field, "the string matcher says nothing this client knows");
        };
    }

    static HeaderMatch header(String resource, String field, HeaderMatcher matcher) {
        String name = matcher.getName();
        if (name.isEmpty()) {
            throw new InvalidResourceException(resource, field + ".name", "must not be empty");
        }
        boolean invert = matcher.getInvertMatch();
        StringMatch match = switch (matcher.getHeaderMatchSpecifierCase()) {
            case EXACT_MATCH -> StringMatch.exact(matcher.getExactMatch());
            case SAFE_REGEX_MATCH ->
                StringMatch.regex(
                        regex(resource, field, matcher.getSafeRegexMatch().getRegex()));
            case PREFIX_MATCH -> StringMatch.prefix(matcher.getPrefixMatch());
            case SUFFIX_MATCH -> StringMatch.suffix(matcher.getSuffixMatch());
            case CONTAINS_MATCH -> new StringMatch.Contains(matcher.getContainsMatch(), false);
            case STRING_MATCH -> string(resource, field, matcher.getStringMatch());
            case PRESENT_MATCH -> {
                invert ^= !matcher.getPresentMatch();
                yield StringMatch.present();
            }
            case RANGE_MATCH ->
                throw new InvalidResourceException(
                        resource, field + ".range_match", "is not supported; use an exact or regex match");
            // Envoy reads a matcher without specifier as a test of presence.
            case HEADERMATCHSPECIFIER_NOT_SET -> StringMatch.present();
        };
        return new HeaderMatch(name, match, invert, matcher.getTreatMissingHeaderAsEmpty());
    }

    static QueryMatch query(String resource, String field, QueryParameterMatcher matcher) {
        return switch (matcher.getQueryParameterMatchSpecifierCase()) {
            case STRING_MATCH -> new QueryMatch(matcher.getName(), string(resource, field, matcher.getStringMatch()));
            case PRESENT_MATCH, QUERYPARAMETERMATCHSPECIFIER_NOT_SET ->
                new QueryMatch(matcher.getName(), StringMatch.present());
        };
    }

    static RouteMatch route(String resource, String field, io.inmesh.xds.route.RouteMatch match) {
        List<HeaderMatch> headers = new ArrayList<>();
        for (int i = 0; i < match.getHeadersCount(); i++) {
            headers.add(header(resource, field + ".headers[" + i + "]", match.getHeaders(i)));
        }
        List<QueryMatch> query = new ArrayList<>();
        for (int i = 0; i < match.getQueryParametersCount(); i++) {
            query.add(query(resource, field + ".query_parameters[" + i + "]", match.getQueryParameters(i)));
        }
        if (match.hasRuntimeFraction()) {
            throw new InvalidResourceException(
                    resource, field + ".runtime_fraction", "is not supported; use weighted clusters");
        }
        return new RouteMatch(path(resource, field, match), headers, query);
    }

    private static PathMatch path(String resource, String field, io.inmesh.xds.route.RouteMatch match) {
        boolean ignoreCase =
                match.hasCaseSensitive() && !match.getCaseSensitive().getValue();
        return switch (match.getPathSpecifierCase()) {
            case PREFIX -> new PathMatch(PathMatch.Kind.PREFIX, match.getPrefix(), ignoreCase);
            case PATH -> new PathMatch(PathMatch.Kind.EXACT, match.getPath(), ignoreCase);
            case PATH_SEPARATED_PREFIX ->
                new PathMatch(PathMatch.Kind.SEGMENT_PREFIX, match.getPathSeparatedPrefix(), ignoreCase);
            case SAFE_REGEX ->
                PathMatch.regex(regex(resource, field, match.getSafeRegex().getRegex()));
            case PATHSPECIFIER_NOT_SET ->
                throw new InvalidResourceException(resource, field, "needs a path, a prefix or a regular expression");
        };
    }

    static String regex(String resource, String field, String pattern) {
        try {
            Pattern.compile(pattern);
            return pattern;
        } catch (PatternSyntaxException e) {
            throw new InvalidResourceException(resource, field, "is not a valid RE2 expression: " + e.getMessage());
        }
    }
}
