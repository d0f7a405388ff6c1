package io.inmesh.observe;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that has ended, as it is to be logged: copied, since what it was read from is used again before the line is written.
 *
 * @param inbound whether it came in
 * @param startMillis wall clock when it began
 * @param durationNanos how long it took
 * @param upstreamNanos how long the last attempt took, negative if there was none
 * @param status HTTP status, 0 without one
 * @param grpcStatus gRPC status, negative for other requests
 * @param bytesReceived size of the request's body, negative if not known
 * @param bytesSent size of the body of the answer, negative if not known
 * @param attempts how often it was sent
 */
record AccessLogEntry(
        boolean inbound,
        long startMillis,
        long durationNanos,
        long upstreamNanos,
        String method,
        String path,
        @Nullable String protocol,
        String authority,
        int status,
        int grpcStatus,
        String flags,
        String details,
        @Nullable String failure,
        long bytesReceived,
        long bytesSent,
        int attempts,
        @Nullable String forwardedFor,
        @Nullable String userAgent,
        @Nullable String requestId,
        @Nullable String upstreamHost,
        @Nullable String cluster,
        @Nullable String route,
        @Nullable String localAddress,
        @Nullable String remoteAddress,
        @Nullable String serverName,
        @Nullable String peer,
        @Nullable String traceId,
        @Nullable String spanId,
        Map<String, String> headers) {

    /** {@return whether it went wrong} */
    boolean failed() {
        return status == 0 || status >= 500 || grpcStatus > 0 || !flags.equals("-");
    }
}
