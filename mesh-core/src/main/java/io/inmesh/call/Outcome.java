package io.inmesh.call;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a piece of work ended. Adapters produce it, one classifier reads it; policies never look at status codes. */
public sealed interface Outcome {

    /**
     * The peer answered.
     *
     * @param httpStatus HTTP status, 200 for a gRPC answer
     * @param grpcStatus gRPC status code, -1 if the call is not gRPC
     * @param pushbackMillis wait the server asked for before a retry ({@code Retry-After}, {@code
     *     grpc-retry-pushback-ms}); {@link #NO_PUSHBACK} if it said nothing, {@link #DO_NOT_RETRY} if it forbade retries
     * @param rateLimited whether a rate limit on the way refused the request ({@value #RATE_LIMITED_HEADER})
     */
    record Response(int httpStatus, int grpcStatus, long pushbackMillis, boolean rateLimited) implements Outcome {

        /** The header that says that a rate limit refused the request, with any value. Source: Envoy's rate limit filters. */
        public static final String RATE_LIMITED_HEADER = "x-envoy-ratelimited";

        /** An answer that no rate limit gave. */
        public Response(int httpStatus, int grpcStatus, long pushbackMillis) {
            this(httpStatus, grpcStatus, pushbackMillis, false);
        }

        /** The server said nothing about retries. */
        public static final long NO_PUSHBACK = -1;

        /** The server forbade retries. */
        public static final long DO_NOT_RETRY = -2;

        /**
         * {@return whether the peer refused because it has too much to do: 429, RESOURCE_EXHAUSTED, or unavailable (503, UNAVAILABLE) with
         * a word about when to come back or not to}
         */
        public boolean overloaded() {
            if (httpStatus == 429 || grpcStatus == StatusCodes.GRPC_RESOURCE_EXHAUSTED) {
                return true;
            }
            return pushbackMillis != NO_PUSHBACK && (httpStatus == 503 || grpcStatus == StatusCodes.GRPC_UNAVAILABLE);
        }

        private static final Response[] HTTP = new Response[600];
        private static final Response[] GRPC = new Response[17];

        static {
            for (int status = 0; status < HTTP.length; status++) {
                HTTP[status] = new Response(status, -1, NO_PUSHBACK);
            }
            for (int status = 0; status < GRPC.length; status++) {
                GRPC[status] = new Response(200, status, NO_PUSHBACK);
            }
        }

        /** {@return the outcome of an HTTP answer; allocates nothing for standard statuses} */
        public static Response http(int status) {
            return status >= 0 && status < HTTP.length ? HTTP[status] : new Response(status, -1, NO_PUSHBACK);
        }

        /** {@return the outcome of a gRPC answer; allocates nothing for standard codes} */
        public static Response grpc(int code) {
            return code >= 0 && code < GRPC.length ? GRPC[code] : new Response(200, code, NO_PUSHBACK);
        }
    }

    /**
     * No answer, or not a whole one.
     *
     * @param kind what went wrong
     * @param sent whether anything of the request may have left this process
     * @param cause the native error, given back to the application
     */
    record Failure(Kind kind, boolean sent, Throwable cause) implements Outcome {

        /** What went wrong. */
        public enum Kind {
            /** No connection could be made. */
            CONNECT,
            /** The TLS handshake failed, or the peer is not who it should be. */
            TLS,
            /** The peer promised not to have processed the request (HTTP/2 REFUSED_STREAM, GOAWAY beyond its last stream). */
            REFUSED_STREAM,
            /** The connection broke. */
            RESET,
            /** The attempt took longer than it may. */
            TIMEOUT,
            /** Anything else. */
            OTHER
        }

        /** Checks that nothing is missing. */
        public Failure {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(cause, "cause");
        }
    }

    /**
     * The mesh refused; nothing was sent.
     *
     * @param reason why, from a fixed set
     * @param httpStatus status for an HTTP peer, as Envoy would choose it
     * @param grpcStatus status for a gRPC peer
     * @param message one sentence with the figures: what was looked for, what was there, which config
     * @param retryAfterMillis what the peer is asked to wait before it tries again, sent as {@code Retry-After} or {@code
     *     grpc-retry-pushback-ms}; {@link Response#NO_PUSHBACK} to ask for nothing
     */
    record Rejection(Reason reason, int httpStatus, int grpcStatus, String message, long retryAfterMillis)
            implements Outcome {
        /** Checks that nothing is missing. */
        public Rejection {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(message, "message");
        }

        /** A rejection that asks for no wait. */
        public Rejection(Reason reason, int httpStatus, int grpcStatus, String message) {
            this(reason, httpStatus, grpcStatus, message, Response.NO_PUSHBACK);
        }
    }

    /**
     * The route itself answered: an injected abort, a direct response, a redirect, or 404 for "no route matched".
     *
     * @param reason why
     * @param httpStatus status to answer
     * @param grpcStatus gRPC status to answer
     * @param body text to answer, null for none
     * @param location {@code Location} of a redirect, null otherwise
     * @param headers further headers of the answer, by lower case name
     */
    record LocalReply(
            Reason reason,
            int httpStatus,
            int grpcStatus,
            @Nullable String body,
            @Nullable String location,
            List<Map.Entry<String, String>> headers)
            implements Outcome {
        /** Copies the list. */
        public LocalReply {
            Objects.requireNonNull(reason, "reason");
            headers = List.copyOf(headers);
        }

        /** A reply without further headers. */
        public LocalReply(
                Reason reason, int httpStatus, int grpcStatus, @Nullable String body, @Nullable String location) {
            this(reason, httpStatus, grpcStatus, body, location, List.of());
        }
    }

    /** The application or the peer lost interest. */
    record Cancelled() implements Outcome {
        /** The only one needed. */
        public static final Cancelled INSTANCE = new Cancelled();
    }

    /** Why the mesh answered instead of a peer; the fixed set used in metrics, logs and errors. */
    enum Reason {
        /** No route of the virtual host matched. Envoy flag NR. */
        NO_ROUTE,
        /** The route leads to a cluster that does not exist. Envoy flag NC. */
        NO_CLUSTER,
        /** No endpoint was eligible. Envoy flag UH. */
        NO_ENDPOINT,
        /** The failure-rate breaker is open. */
        CIRCUIT_OPEN,
        /** Too many calls in flight. Envoy flag UO. */
        OVERFLOW,
        /** The servers refuse so many calls that this one was not sent. Envoy has its admission control filter for this. */
        THROTTLED,
        /** The deadline passed before anything could be sent. Envoy flag UT. */
        DEADLINE,
        /** An injected abort. Envoy flag FI. */
        FAULT,
        /** A direct response of the route. */
        DIRECT_RESPONSE,
        /** A redirect of the route. */
        REDIRECT,
        /** An authorization policy said no. Envoy flag UAEX has the external case only. */
        UNAUTHORIZED,
        /** The request has a token that is not accepted. */
        INVALID_TOKEN,
        /** A client identity is needed and there is none. */
        NO_PEER_IDENTITY,
        /** This process lacks the certificates to call with. */
        NO_OWN_IDENTITY,
        /** More requests than a rate limit lets in. Envoy flag RL. */
        RATE_LIMITED,
        /** This process has more work than it can do in time. */
        OVERLOADED,
        /** The request is ambiguous or malformed. */
        BAD_REQUEST,
        /** A stage failed; the message names it. */
        INTERNAL,
        /** The mesh is closed. */
        CLOSED
    }
}
