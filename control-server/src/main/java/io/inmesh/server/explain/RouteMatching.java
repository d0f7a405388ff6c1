package io.inmesh.server.explain;

import com.google.re2j.Pattern;
import io.inmesh.xds.route.HeaderMatcher;
import io.inmesh.xds.route.QueryParameterMatcher;
import io.inmesh.xds.route.RouteMatch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Evaluates route matches and says why one fails. */
final class RouteMatching {
    private RouteMatching() {}

    /** Why the request does not match; empty if it does. */
    static Optional<String> mismatch(RouteMatch match, Request request) {
        if (!path(match, request.pathOnly())) {
            return Optional.of("path " + request.pathOnly() + " is not " + describePath(match));
        }
        for (HeaderMatcher header : match.getHeadersList()) {
            String value = request.header(header.getName());
            if (!header(header, value)) {
                return Optional.of(
                        "header " + header.getName() + " is " + (value == null ? "absent" : "\"" + value + "\"")
                                + ", wanted " + (header.getInvertMatch() ? "not " : "") + describe(header));
            }
        }
        for (QueryParameterMatcher parameter : match.getQueryParametersList()) {
            String value = request.queryParameter(parameter.getName());
            boolean matches = value != null
                    && (parameter.hasPresentMatch() || StringMatching.matches(parameter.getStringMatch(), value));
            if (!matches) {
                return Optional.of("query parameter " + parameter.getName() + " is "
                        + (value == null ? "absent" : "\"" + value + "\""));
            }
        }
        return Optional.empty();
    }

    /** Whether a header with this value (null: absent) satisfies the matcher. */
    static boolean header(HeaderMatcher matcher, @Nullable String value) {
        if (matcher.hasPresentMatch()) {
            return (value != null) == (matcher.getPresentMatch() != matcher.getInvertMatch());
        }
        String text = value == null && matcher.getTreatMissingHeaderAsEmpty() ? "" : value;
        if (text == null) {
            return false;
        }
        return StringMatching.matches(matcher.getStringMatch(), text) != matcher.getInvertMatch();
    }

    private static boolean path(RouteMatch match, String path) {
        boolean ignoreCase =
                match.hasCaseSensitive() && !match.getCaseSensitive().getValue();
        return switch (match.getPathSpecifierCase()) {
            case PREFIX ->
                path.regionMatches(
                        ignoreCase, 0, match.getPrefix(), 0, match.getPrefix().length());
            case PATH -> ignoreCase ? path.equalsIgnoreCase(match.getPath()) : path.equals(match.getPath());
            case SAFE_REGEX -> Pattern.matches(match.getSafeRegex().getRegex(), path);
            case PATH_SEPARATED_PREFIX ->
                path.equals(match.getPathSeparatedPrefix()) || path.startsWith(match.getPathSeparatedPrefix() + "/");
            case PATHSPECIFIER_NOT_SET -> false;
        };
    }

    private static String describePath(RouteMatch match) {
        return switch (match.getPathSpecifierCase()) {
            case PREFIX -> "prefix " + match.getPrefix();
            case PATH -> "exact " + match.getPath();
            case SAFE_REGEX -> "regex " + match.getSafeRegex().getRegex();
            case PATH_SEPARATED_PREFIX -> "prefix " + match.getPathSeparatedPrefix();
            case PATHSPECIFIER_NOT_SET -> "anything";
        };
    }

    private static String describe(HeaderMatcher matcher) {
        return matcher.hasPresentMatch() ? "present" : StringMatching.describe(matcher.getStringMatch());
    }
}
