package io.inmesh.live;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request that has ended, as it may be shown to an operator: what decided about it, never what was in it. Queries, bodies and
 * headers that are not on {@link SeenRequests#HEADERS a short list} are left out.
 *
 * @param outbound whether this process sent it; otherwise it came in
 * @param epochMillis when it ended
 * @param durationNanos how long it took, waits and retries included
 * @param protocol {@code http} or {@code grpc}
 * @param method request method in capitals
 * @param host host that was asked for
 * @param port port that was asked for; of this process for a request that came in
 * @param path path without query, cut to a few hundred characters
 * @param headers headers of the short list that it has, by lower case name
 * @param traceId id of the trace that it belongs to; empty if none is known
 * @param status HTTP status, or 0 where there was none
 * @param grpcStatus gRPC status, or -1 if it is no gRPC
 * @param result how it ended in words: {@code answered}, {@code rejected: no_endpoint}, {@code failed: connect}, {@code cancelled}
 * @param detail why, where the mesh or the transport said; empty for an ordinary answer
 * @param virtualHost name of the virtual host; empty for a request that came in
 * @param route name of the route that matched; empty if none did, or it came in
 * @param origin the resource that made the route; empty if unknown
 * @param cluster name of the cluster tried last; empty if it never came to that
 * @param endpoint {@code host:port} tried last; empty likewise
 * @param triedBefore endpoints that failed before that
 * @param attempts how many were sent
 * @param peer who the other side proved to be, or, on the way out, had to prove to be; empty over plaintext, {@link
 *     SeenRequests#NOBODY} where there was no connection
 * @param policy the authorization policy that decided; empty if none did
 * @param version name of the configuration in use; empty if not known
 * @param explanation what the configuration says about it, and the endpoints at that moment; null unless it failed
 */
public record SeenRequest(
        boolean outbound,
        long epochMillis,
        long durationNanos,
        String protocol,
        String method,
        String host,
        int port,
        String path,
        Map<String, String> headers,
        String traceId,
        int status,
        int grpcStatus,
        String result,
        String detail,
        String virtualHost,
        String route,
        String origin,
        String cluster,
        String endpoint,
        List<String> triedBefore,
        int attempts,
        String peer,
        String policy,
        String version,
        @Nullable String explanation) {

    /** Copies the collections. */
    public SeenRequest {
        headers = Map.copyOf(headers);
        triedBefore = List.copyOf(triedBefore);
    }

    /** {@return whether an id is that of this request: its {@code x-request-id}, or that of its trace} */
    public boolean hasId(String id) {
        return !id.isEmpty() && (id.equals(headers.get(SeenRequests.REQUEST_ID)) || id.equals(traceId));
    }
}
