package io.inmesh.route;

import io.inmesh.config.RewriteConfig;
import org.jspecify.annotations.Nullable;

/** A compiled {@link RewriteConfig}. The result always begins with a slash. */
final class Rewrite {

    private final PathTest matched;
    private final @Nullable String path;
    private final @Nullable Substitution substitution;
    private final @Nullable String authority;

    /**
     * Compiles a rewrite.
     *
     * @throws IllegalArgumentException if its regular expression or its substitution is not valid
     */
    Rewrite(RewriteConfig config, PathTest matched) {
        this.matched = matched;
        this.path = config.path();
        this.authority = config.authority();
        this.substitution = config.regex() == null
                ? null
                : new Substitution(config.regex(), config.substitution() == null ? "" : config.substitution());
    }

    @Nullable
    String authority() {
        return authority;
    }

    /** {@return the path to send instead; null to keep it} */
    @Nullable
    String path(String original) {
        if (substitution != null) {
            String result = substitution.apply(original);
            return result.equals(original) ? null : rooted(result);
        }
        return path == null ? null : replacePrefix(matched, path, original);
    }

    /** {@return a path with the part that a route matched replaced} */
    static String replacePrefix(PathTest matched, String replacement, String original) {
        String rest = original.substring(Math.min(matched.replaced(original), original.length()));
        if (!matched.bySegment()) {
            return rooted(replacement + rest);
        }
        // Whole segments stay whole: neither a missing slash nor a doubled one where the two meet.
        boolean slashBefore = replacement.endsWith("/");
        boolean slashAfter = rest.startsWith("/");
        if (slashBefore && slashAfter) {
            return rooted(replacement + rest.substring(1));
        }
        return rooted(slashBefore || slashAfter || rest.isEmpty() ? replacement + rest : replacement + "/" + rest);
    }

    private static String rooted(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }
}
