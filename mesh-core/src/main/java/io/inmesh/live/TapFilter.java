package io.inmesh.live;

import org.jspecify.annotations.Nullable;

/**
 * Which requests somebody wants to see. Null asks for nothing in particular.
 *
 * @param outbound true for those this process sends, false for those that come in
 * @param to host that is asked for, as a whole or up to one of its dots, with {@code :PORT} behind it or without
 * @param pathPrefix how the path begins
 * @param method request method in capitals
 * @param status {@code 503} or {@code 5xx} of HTTP, {@code grpc-14} of gRPC, {@code error} for all that {@linkplain SeenRequests#failed
 *     failed}
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

    private static final String GRPC = "grpc-";

    /** {@return whether a request is one of them} */
    boolean matches(SeenRequest seen, boolean failed) {
        return (outbound == null || outbound == seen.outbound())
                && (to == null || isTo(seen, to))
                && (pathPrefix == null || seen.path().startsWith(pathPrefix))
                && (method == null || method.equals(seen.method()))
                && (status == null || status(seen, failed, status));
    }

    private static boolean isTo(SeenRequest seen, String to) {
        String port = ":" + seen.port();
        String host = to.endsWith(port) ? to.substring(0, to.length() - port.length()) : to;
        return host.equals(seen.host()) || seen.host().startsWith(host + ".");
    }

    private static boolean status(SeenRequest seen, boolean failed, String wanted) {
        if (wanted.equals(ERRORS)) {
            return failed;
        }
        if (wanted.startsWith(GRPC)) {
            return wanted.equals(GRPC + seen.grpcStatus());
        }
        String text = Integer.toString(seen.status());
        return wanted.endsWith("xx") ? text.length() == 3 && text.charAt(0) == wanted.charAt(0) : text.equals(wanted);
    }
}
