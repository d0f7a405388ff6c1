package io.inmesh.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.call.Outcome.Failure.Kind;
import io.inmesh.call.Outcome.Reason;
import java.net.ConnectException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Translates between the words of gRPC and those of the core. */
final class GrpcOutcomes {

    private static final Set<Reason> ABOUT_LOAD = EnumSet.of(Reason.RATE_LIMITED, Reason.OVERLOADED, Reason.DEADLINE);

    /** Source: gRFC A6, server pushback. */
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> RATE_LIMITED =
            Metadata.Key.of(Outcome.Response.RATE_LIMITED_HEADER, Metadata.ASCII_STRING_MARSHALLER);

    /** How grpc-java describes a stream that met a connection after its GOAWAY, and one that waited on it for its turn. */
    private static final List<String> LEAVING = List.of("GOAWAY shut down transport", "GOAWAY closed buffered stream");

    private GrpcOutcomes() {}

    /**
     * {@return the outcome of a closed attempt}
     *
     * @param status how gRPC says it ended
     * @param trailers what came with it
     * @param tracer what was noticed on the way
     * @param expired whether the attempt's own deadline has passed
     */
    static Outcome of(Status status, Metadata trailers, AttemptTracer tracer, boolean expired) {
        if (tracer.answered() || status.isOk()) {
            return answer(status, trailers);
        }
        Throwable cause = cause(status);
        if (!tracer.sent()) {
            return new Failure(expired ? Kind.TIMEOUT : unsentKind(status), false, cause);
        }
        if (expired || status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return new Failure(Kind.TIMEOUT, true, cause);
        }
        // grpc-java describes a stream the peer promises not to have processed in words only.
        String description = status.getDescription();
        boolean refused = description != null && description.contains("REFUSED_STREAM");
        return new Failure(refused ? Kind.REFUSED_STREAM : Kind.RESET, !refused, cause);
    }

    /**
     * {@return whether a request never left because its connection was taking no more requests by the time it got there} gRPC says so in
     * words only.
     */
    static boolean missedConnection(Status status, AttemptTracer tracer) {
        String description = status.getDescription();
        return !tracer.sent()
                && status.getCode() == Status.Code.UNAVAILABLE
                && description != null
                && LEAVING.stream().anyMatch(description::startsWith);
    }

    private static Outcome answer(Status status, Metadata trailers) {
        String pushback = status.isOk() ? null : trailers.get(PUSHBACK);
        int code = status.getCode().value();
        boolean rateLimited = !status.isOk() && trailers.containsKey(RATE_LIMITED);
        if (pushback == null && !rateLimited) {
            return Outcome.Response.grpc(code);
        }
        return new Outcome.Response(
                200, code, pushback == null ? Outcome.Response.NO_PUSHBACK : millis(pushback), rateLimited);
    }

    /** Source: gRFC A6: a negative or unreadable value forbids retries. */
    private static long millis(String pushback) {
        try {
            long value = Long.parseLong(pushback);
            return value < 0 ? Outcome.Response.DO_NOT_RETRY : value;
        } catch (NumberFormatException unreadable) {
            return Outcome.Response.DO_NOT_RETRY;
        }
    }

    private static Kind unsentKind(Status status) {
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return Kind.TLS;
            }
            if (cause instanceof ConnectException) {
                return Kind.CONNECT;
            }
        }
        return Kind.CONNECT;
    }

    private static Throwable cause(Status status) {
        Throwable cause = status.getCause();
        return cause == null ? new StatusRuntimeException(status) : cause;
    }

    /** {@return what goes with the status of a refusal: how long to wait before a retry, if the mesh asks for that, and the headers of a reply} */
    static Metadata trailersOf(Outcome outcome) {
        Metadata trailers = new Metadata();
        if (outcome instanceof Outcome.Rejection rejection && rejection.retryAfterMillis() >= 0) {
            trailers.put(PUSHBACK, Long.toString(rejection.retryAfterMillis()));
        }
        if (outcome instanceof Outcome.LocalReply reply) {
            MetadataSink sink = new MetadataSink(trailers);
            reply.headers().forEach(header -> sink.add(header.getKey(), header.getValue()));
        }
        return trailers;
    }

    /**
     * {@return what the caller of a request that this process refuses learns: how to come back if there is too much to do, and nothing but
     * the kind of reason otherwise; which policy said no is for the log}
     */
    static Status refusalOf(Outcome outcome) {
        if (outcome instanceof Outcome.Rejection rejection && !ABOUT_LOAD.contains(rejection.reason())) {
            return Status.fromCodeValue(rejection.grpcStatus())
                    .withDescription("mesh: " + rejection.reason().name().toLowerCase(Locale.ROOT));
        }
        return statusOf(outcome, null);
    }

    /**
     * {@return the status of an outcome that no peer gave}
     *
     * @param outcome a rejection, a local reply, a failure or a cancellation
     * @param last status of the last attempt, null if there was none
     */
    static Status statusOf(Outcome outcome, @Nullable Status last) {
        if (outcome instanceof Outcome.Rejection rejection) {
            return Status.fromCodeValue(rejection.grpcStatus()).withDescription(rejection.message());
        }
        if (outcome instanceof Outcome.LocalReply reply) {
            int code = reply.grpcStatus() >= 0 ? reply.grpcStatus() : codeOfHttp(reply.httpStatus());
            String body = reply.body();
            return Status.fromCodeValue(code)
                    .withDescription(body == null || body.isEmpty() ? "mesh: " + reply.reason() : body);
        }
        if (outcome instanceof Outcome.Failure failure) {
            Status.Code code = failure.kind() == Kind.TIMEOUT ? Status.Code.DEADLINE_EXCEEDED : Status.Code.UNAVAILABLE;
            return last != null && !last.isOk() && failure.kind() != Kind.TIMEOUT
                    ? last
                    : code.toStatus()
                            .withDescription(
                                    failure.kind() == Kind.TIMEOUT
                                            ? "mesh: the attempt took too long"
                                            : "mesh: no answer")
                            .withCause(failure.cause());
        }
        return last != null ? last : Status.CANCELLED;
    }

    /** Source: gRPC's mapping of HTTP statuses ({@code doc/http-grpc-status-mapping.md}). */
    private static int codeOfHttp(int status) {
        return switch (status) {
            case 400 -> Status.Code.INTERNAL.value();
            case 401 -> Status.Code.UNAUTHENTICATED.value();
            case 403 -> Status.Code.PERMISSION_DENIED.value();
            case 404 -> Status.Code.UNIMPLEMENTED.value();
            case 429, 502, 503, 504 -> Status.Code.UNAVAILABLE.value();
            default -> Status.Code.UNKNOWN.value();
        };
    }
}
