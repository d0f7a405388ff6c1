package io.inmesh.call;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the application asked for, as a read-only view over the native request. Adapters implement it without copying.
 *
 * <p>Methods may be called from any thread, several times, and must be cheap; none may block.
 */
public interface Call {

    /** The wire protocol of a call, which decides how outcomes are read. */
    enum Protocol {
        /** Plain HTTP: the status code tells how it ended. */
        HTTP,
        /** gRPC: the {@code grpc-status} tells how it ended. */
        GRPC
    }

    /** {@return how outcomes are read} */
    Protocol protocol();

    /** {@return lower case host the application asked for, without port: {@code reviews}} */
    String host();

    /** {@return port the application asked for; the scheme's default where it named none} */
    int port();

    /** {@return {@code http} or {@code https} as the application wrote it} */
    String scheme();

    /** {@return request method in capitals; {@code POST} for gRPC} */
    String method();

    /** {@return percent-encoded path without query, starting with a slash; {@code /package.Service/Method} for gRPC} */
    String path();

    /** {@return percent-encoded query without the question mark, or null if there is none} */
    @Nullable
    String query();

    /**
     * {@return the value of a header; several values are joined with a comma (RFC 9110 5.3); null if absent}
     *
     * @param name lower case header name; never a pseudo header
     */
    @Nullable
    String header(String name);

    /**
     * {@return all values of a header in order, empty if absent}
     *
     * @param name lower case header name; never a pseudo header
     */
    default List<String> headerValues(String name) {
        String value = header(name);
        return value == null ? List.of() : List.of(value);
    }

    /** {@return whether the body can be sent again from its beginning; true for a request without body} */
    boolean replayable();

    /**
     * {@return whether repeating the request is harmless by its method (RFC 9110 9.2.2) or by the application's word}
     *
     * <p>Only idempotent calls are repeated after they may have been processed.
     */
    default boolean idempotent() {
        return switch (method()) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> false;
        };
    }

    /** {@return what asks endpoints for their load over connections like this call's; null if nothing does, as by default} */
    default @Nullable Prober prober() {
        return null;
    }

    /**
     * {@return monotonic time at which the application gives up, in {@link io.inmesh.time.Clock#nanos()} terms; {@link
     * Long#MAX_VALUE} if never}
     */
    default long deadlineNanos() {
        return Long.MAX_VALUE;
    }

    /** {@return the protocol on the wire, such as {@code HTTP/1.1}; null if the adapter cannot tell} */
    default @Nullable String wireProtocol() {
        return null;
    }

    /** A size that is not known. */
    long SIZE_UNKNOWN = -1;

    /** {@return size of the request's body in bytes, as far as it has been sent; {@link #SIZE_UNKNOWN} if nobody counts} */
    default long requestBytes() {
        return SIZE_UNKNOWN;
    }

    /** {@return size of the body of the answer in bytes, known once there is one; {@link #SIZE_UNKNOWN} if nobody counts} */
    default long responseBytes() {
        return SIZE_UNKNOWN;
    }

    /** {@return how many messages the request has had so far, where it consists of such; {@link #SIZE_UNKNOWN} if nobody counts} */
    default long requestMessages() {
        return SIZE_UNKNOWN;
    }

    /** {@return how many messages the answer has had so far, where it consists of such; {@link #SIZE_UNKNOWN} if nobody counts} */
    default long responseMessages() {
        return SIZE_UNKNOWN;
    }

    /** {@return what the request in whose course this call is made means for it; asked once, on the thread that starts the call} */
    default CallContext context() {
        return CallContext.current();
    }
}
