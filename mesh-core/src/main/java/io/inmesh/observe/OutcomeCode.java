package io.inmesh.observe;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.call.Outcome.Reason;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An outcome as a small number, so that meters can be found by index, and back as the words of the OpenTelemetry conventions. The set is
 * fixed, so whatever peers answer, the number of meters is bounded.
 */
final class OutcomeCode {

    /** One more than the largest code. */
    static final int LIMIT = 700;

    /** gRPC status UNIMPLEMENTED: there is no such method. */
    static final int GRPC_UNIMPLEMENTED = 612;

    private static final int OTHER_STATUS = 0;
    private static final int GRPC = 600;
    private static final int GRPC_UNKNOWN = 2;
    private static final int CANCELLED = 620;
    private static final int FAILURE = 630;
    private static final int REJECTION = 650;

    private static final String[] GRPC_NAMES = {
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED"
    };
    private static final Failure.Kind[] KINDS = Failure.Kind.values();
    private static final Reason[] REASONS = Reason.values();

    private OutcomeCode() {}

    /** {@return the code of an outcome of a call with this protocol} */
    static int of(Call.Protocol protocol, Outcome outcome) {
        boolean grpc = protocol == Call.Protocol.GRPC;
        if (outcome instanceof Outcome.Response response) {
            return grpc && response.grpcStatus() >= 0 ? grpc(response.grpcStatus()) : http(response.httpStatus());
        } else if (outcome instanceof Failure failure) {
            return FAILURE + failure.kind().ordinal();
        } else if (outcome instanceof Outcome.Rejection rejection) {
            return REJECTION + rejection.reason().ordinal();
        } else if (outcome instanceof Outcome.LocalReply reply) {
            return grpc ? grpc(reply.grpcStatus()) : http(reply.httpStatus());
        }
        return CANCELLED;
    }

    private static int http(int status) {
        return status >= 100 && status < GRPC ? status : OTHER_STATUS;
    }

    private static int grpc(int status) {
        return GRPC + (status >= 0 && status < GRPC_NAMES.length ? status : GRPC_UNKNOWN);
    }

    /** {@return the HTTP status, or the name of the gRPC status; null where the peer did not answer} */
    static @Nullable String status(int code) {
        if (httpStatus(code)) {
            return Integer.toString(code);
        }
        return code >= GRPC && code < CANCELLED ? GRPC_NAMES[code - GRPC] : null;
    }

    /** {@return whether a code is the HTTP status that the peer answered with} */
    static boolean httpStatus(int code) {
        return code >= 100 && code < GRPC;
    }

    /** {@return {@code error.type} as a client sees it: every HTTP status from 400, every gRPC status but OK; null for success} */
    static @Nullable String clientError(int code) {
        if (code < GRPC) {
            return code >= 400 || code == OTHER_STATUS ? orOther(status(code)) : null;
        }
        return code == GRPC ? null : failure(code);
    }

    /** {@return {@code error.type} as a server sees it: what is the server's fault; null for success and for mistakes of the client} */
    static @Nullable String serverError(int code) {
        if (code < GRPC) {
            return code >= 500 || code == OTHER_STATUS ? orOther(status(code)) : null;
        }
        return switch (code - GRPC) {
            // OpenTelemetry names these six as errors of a gRPC server.
            case 2, 4, 12, 13, 14, 15 -> GRPC_NAMES[code - GRPC];
            default -> code < CANCELLED ? null : failure(code);
        };
    }

    /** {@return a bounded word for what became of an attempt: {@code 2xx}, {@code UNAVAILABLE}, {@code connect}} */
    static String summary(int code) {
        if (code >= 100 && code < GRPC) {
            return code / 100 + "xx";
        }
        return code >= GRPC ? failure(code) : "_OTHER";
    }

    private static String failure(int code) {
        if (code < CANCELLED) {
            return GRPC_NAMES[code - GRPC];
        } else if (code < FAILURE) {
            return "cancelled";
        } else if (code < REJECTION) {
            return KINDS[code - FAILURE].name().toLowerCase(Locale.ROOT);
        }
        return reason(REASONS[code - REJECTION]);
    }

    /** {@return the word for a reason in metrics} */
    static String reason(Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    private static String orOther(@Nullable String status) {
        return status == null ? "_OTHER" : status;
    }
}
