package io.inmesh.authz;

import java.util.ArrayList;
import java.util.List;

/**
 * A compiled URI template: segments that are literal, <code>{*}</code> for one segment that is not empty, and at most one <code>{**}</code>, as the
 * last operator, for any rest.
 *
 * <p>Source: Istio {@code AuthorizationPolicy} path templates, Envoy {@code UriTemplateMatchConfig}.
 */
final class PathTemplate {

    private static final String ONE = "{*}";
    private static final String REST = "{**}";

    // Segments before the rest; null stands for one of any name.
    private final String[] segments;
    private final boolean hasRest;
    private final String suffix;

    private PathTemplate(String[] segments, boolean hasRest, String suffix) {
        this.segments = segments;
        this.hasRest = hasRest;
        this.suffix = suffix;
    }

    /**
     * {@return the compiled form of a template}
     *
     * @throws IllegalArgumentException if it breaks a rule; the message says which
     */
    static PathTemplate compile(String template) {
        if (!template.startsWith("/")) {
            throw new IllegalArgumentException("path template \"" + template + "\" must start with a slash");
        }
        List<String> segments = new ArrayList<>();
        StringBuilder suffix = new StringBuilder();
        boolean hasRest = false;
        for (String segment : template.substring(1).split("/", -1)) {
            boolean operator = segment.equals(ONE) || segment.equals(REST);
            if (!operator && (segment.indexOf('*') >= 0 || segment.indexOf('{') >= 0 || segment.indexOf('}') >= 0)) {
                throw new IllegalArgumentException("segment \"" + segment + "\" of path template \"" + template
                        + "\" must be a literal, {*} or {**} and nothing besides");
            }
            if (hasRest) {
                if (operator) {
                    throw new IllegalArgumentException(
                            "{**} must be the last operator of path template \"" + template + "\"");
                }
                suffix.append('/').append(segment);
            } else if (segment.equals(REST)) {
                hasRest = true;
            } else {
                segments.add(segment);
            }
        }
        String[] compiled = new String[segments.size()];
        for (int i = 0; i < compiled.length; i++) {
            compiled[i] = segments.get(i).equals(ONE) ? null : segments.get(i);
        }
        return new PathTemplate(compiled, hasRest, suffix.toString());
    }

    /** {@return what every path that matches begins with; empty if that is nothing in particular} */
    String beginning() {
        StringBuilder beginning = new StringBuilder();
        for (String segment : segments) {
            if (segment == null) {
                return beginning.append('/').toString();
            }
            beginning.append('/').append(segment);
        }
        return hasRest ? beginning.append('/').toString() : beginning.toString();
    }

    boolean matches(String path) {
        int position = 0;
        for (String segment : segments) {
            if (position >= path.length() || path.charAt(position) != '/') {
                return false;
            }
            int end = path.indexOf('/', position + 1);
            end = end < 0 ? path.length() : end;
            int length = end - position - 1;
            boolean fits =
                    segment == null ? length > 0 : segment.length() == length && path.startsWith(segment, position + 1);
            if (!fits) {
                return false;
            }
            position = end;
        }
        if (!hasRest) {
            return position == path.length();
        }
        return position < path.length()
                && path.charAt(position) == '/'
                && path.endsWith(suffix)
                && path.length() - suffix.length() >= position + 1;
    }
}
