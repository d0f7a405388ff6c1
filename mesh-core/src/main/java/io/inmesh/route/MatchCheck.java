package io.inmesh.route;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.inmesh.config.FieldProblems;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.PathMatch;
import io.inmesh.config.RouteMatch;
import java.util.Set;

/** Finds what is wrong with the match of a route. */
final class MatchCheck {

    private static final Set<String> PSEUDO_HEADERS = Set.of(":method", ":authority", ":scheme", ":path");

    private MatchCheck() {}

    static void check(RouteMatch match, FieldProblems problems) {
        path(match.path(), problems.within("path"));
        for (int i = 0; i < match.headers().size(); i++) {
            header(match.headers().get(i), problems.within("headers[" + i + "]"));
        }
        for (int i = 0; i < match.query().size(); i++) {
            FieldProblems parameter = problems.within("query[" + i + "]");
            if (match.query().get(i).name().isEmpty()) {
                parameter.report("name", "is empty", "name the parameter");
            }
            StringCheck.check(match.query().get(i).match(), parameter);
        }
    }

    private static void path(PathMatch path, FieldProblems problems) {
        switch (path.kind()) {
            case REGEX -> regex(path.value(), problems);
            case EXACT -> {
                if (path.value().isEmpty()) {
                    problems.report("exact", "is empty, and no path is", "write a path that begins with a slash");
                }
            }
            case SEGMENT_PREFIX -> {
                if (!path.value().startsWith("/")) {
                    problems.report(
                            "segmentPrefix",
                            "\"" + path.value() + "\" is not a path",
                            "write a path that begins with a slash");
                }
            }
            case PREFIX -> {}
        }
    }

    static void regex(String pattern, FieldProblems problems) {
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            problems.report(
                    "regex",
                    "\"" + pattern + "\" is not valid: " + e.getMessage(),
                    "write a regular expression in RE2 syntax");
        }
    }

    private static void header(HeaderMatch header, FieldProblems problems) {
        if (header.name().startsWith(":") && !PSEUDO_HEADERS.contains(header.name())) {
            problems.report(
                    "name",
                    "\"" + header.name() + "\" is not a pseudo header",
                    "use one of :method, :authority, :scheme, :path");
        } else if (header.name().isEmpty()) {
            problems.report("name", "is empty", "name the header");
        }
        StringCheck.check(header.match(), problems);
    }
}
