package io.inmesh.live;

import org.jspecify.annotations.Nullable;

/**
 * Which requests somebody wants to see. Null asks for nothing in particular.
 *
 * @param outbound true for those this process sends, false for those that come in
 * @param to host that is asked for
 * @param pathPrefix how the path begins
 * @param method request method in capitals
 * @param status {@code 503} or {@code 5xx} of HTTP, {@code error} for all that {@linkplain SeenRequests#failed failed}
 */
public record TapFilter(
        @Nullable Boolean outbound,
        @Nullable String to,
        @Nullable String pathPrefix,
        @Nullable String method,
        @Nullable String status) {

    /** Every request. */
    public static final TapFilter ALL = new TapFilter(null, null, null, null, null);

    /** The {@link #status} that asks for failures of every kind. */
    public static final String ERRORS = "error";

    /** {@return whether a request is one of them} */
    boolean matches(SeenRequest seen, boolean failed) {
        return (outbound == null || outbound == seen.outbound())
                && (to == null || to.equals(seen.host()) || seen.host().startsWith(to + "."))
                && (pathPrefix == null || seen.path().startsWith(pathPrefix))
                && (method == null || method.equals(seen.method()))
                && (status == null || status(seen.status(), failed, status));
    }

    private static boolean status(int actual, boolean failed, String wanted) {
        if (wanted.equals(ERRORS)) {
            return failed;
        }
        String text = Integer.toString(actual);
        return wanted.endsWith("xx") ? text.length() == 3 && text.charAt(0) == wanted.charAt(0) : text.equals(wanted);
    }
}
