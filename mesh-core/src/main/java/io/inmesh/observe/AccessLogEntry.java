package io.inmesh.observe;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.SpiffeId;
import io.opentelemetry.api.trace.SpanContext;
import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that has ended, as it is to be logged: copied, since what it was read from is used again before the line is written. What
 * never changes is kept as it is, and made text of when the line is written.
 *
 * @param inbound whether it came in
 * @param startMillis wall clock when it began
 * @param durationNanos how long it took
 * @param upstreamNanos how long the last attempt took, negative if there was none
 * @param query what follows the path, null to leave it out
 * @param host whom it was for
 * @param port with which port
 * @param status HTTP status, 0 without one
 * @param grpcStatus gRPC status, negative for other requests
 * @param bytesReceived size of the request's body, negative if not known
 * @param bytesSent size of the body of the answer, negative if not known
 * @param attempts how often it was sent
 * @param upstream where the last attempt went, null if it was not sent
 * @param cluster name of the cluster of the last attempt, null if it was not sent
 * @param localAddress where it came in, null if that is not known
 * @param localPort with which port
 * @param span the span it belongs to, which may be an invalid one
 */
record AccessLogEntry(
        boolean inbound,
        long startMillis,
        long durationNanos,
        long upstreamNanos,
        String method,
        String path,
        @Nullable String query,
        @Nullable String protocol,
        String host,
        int port,
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
        @Nullable Endpoint upstream,
        @Nullable String cluster,
        @Nullable String route,
        @Nullable InetAddress localAddress,
        int localPort,
        @Nullable InetAddress remoteAddress,
        @Nullable String serverName,
        @Nullable SpiffeId peer,
        SpanContext span,
        Map<String, String> headers) {

    /** {@return whether it went wrong} */
    boolean failed() {
        return status == 0 || status >= 500 || grpcStatus > 0 || !flags.equals("-");
    }
}
