package io.inmesh.server.translate;

import com.google.re2j.Pattern;
import io.inmesh.xds.core.TypedExtensionConfig;
import io.inmesh.xds.rbac.Permission;
import io.inmesh.xds.rbac.UriTemplateMatchConfig;
import io.inmesh.xds.type.matcher.StringMatcher;
import java.util.List;
import java.util.Optional;

/**
 * Paths of authorization policies: exact, {@code prefix*}, {@code *suffix}, {@code *} for any, or a template whose segments may be
 * <code>{*}</code> for one of any name and, as the last such, <code>{**}</code> for any number.
 *
 * <p>Source: Istio {@code AuthorizationPolicy.Operation.paths}.
 */
public final class RbacPaths {
    private static final String ONE = "{*}";
    private static final String REST = "{**}";

    private RbacPaths() {}

    /** Whether a path is a template. */
    public static boolean isTemplate(String path) {
        return path.contains(ONE) || path.contains(REST);
    }

    /** What is wrong with a path; empty if nothing is. */
    public static Optional<String> problem(String path) {
        if (!isTemplate(path)) {
            return Optional.empty();
        }
        if (!path.startsWith("/")) {
            return Optional.of("a template has to start with a slash");
        }
        boolean rest = false;
        for (String segment : segments(path)) {
            boolean operator = segment.equals(ONE) || segment.equals(REST);
            if (!operator && segment.matches(".*[*{}].*")) {
                return Optional.of("only {*} and {**} may stand in a template, each for whole segments");
            }
            if (operator && rest) {
                return Optional.of("{**} has to be the last operator of a template");
            }
            rest |= segment.equals(REST);
        }
        return Optional.empty();
    }

    /** The condition on the path; stock gRPC knows no templates and gets a regular expression. */
    static Permission rule(String path, Personality personality) {
        Permission.Builder rule = Permission.newBuilder();
        if (!isTemplate(path)) {
            rule.getUrlPathBuilder().setPath(RbacValues.text(path));
        } else if (personality == Personality.GRPC_SAFE) {
            rule.getUrlPathBuilder()
                    .setPath(StringMatcher.newBuilder().setSafeRegex(StringMatchers.regex(regex(path))));
        } else {
            String template = path.replace(REST, "**").replace(ONE, "*");
            rule.setUriTemplate(TypedExtensionConfig.newBuilder()
                    .setName("uri-template")
                    .setTypedConfig(Protos.pack(UriTemplateMatchConfig.newBuilder()
                            .setPathTemplate(template)
                            .build())));
        }
        return rule.build();
    }

    /** A regular expression for the same paths as a template of policies. */
    private static String regex(String template) {
        StringBuilder regex = new StringBuilder();
        for (String segment : segments(template)) {
            regex.append('/')
                    .append(
                            switch (segment) {
                                case ONE -> "[^/]+";
                                case REST -> ".*";
                                default -> Pattern.quote(segment);
                            });
        }
        return regex.toString();
    }

    /** Whether a path fits a template in Envoy's notation, with stars without braces. */
    public static boolean fits(String envoyTemplate, String path) {
        String template = "/"
                + String.join(
                        "/",
                        segments(envoyTemplate).stream()
                                .map(segment ->
                                        segment.equals("*") || segment.equals("**") ? "{" + segment + "}" : segment)
                                .toList());
        return Pattern.matches(regex(template), path);
    }

    private static List<String> segments(String template) {
        return List.of(template.substring(1).split("/", -1));
    }
}
