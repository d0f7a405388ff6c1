package io.inmesh.observe;

import io.inmesh.call.Call.Protocol;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.call.StatusCodes;

/** What the asking side is told in the end, as one number whoever answered: the peer, a route or the mesh. */
final class Answers {

    /** There was no answer, since nobody waited for it. Envoy has 0 too. */
    static final int NONE = 0;

    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final int GATEWAY_TIMEOUT = 504;

    private Answers() {}

    /** {@return the HTTP status; 200 for whatever gRPC says in its own status, 503 and 504 for failures, as Envoy answers them} */
    static int httpStatus(Protocol protocol, Outcome outcome) {
        if (outcome instanceof Outcome.Response response) {
            return response.httpStatus();
        } else if (outcome instanceof Outcome.Cancelled) {
            return NONE;
        } else if (protocol == Protocol.GRPC) {
            return OK;
        } else if (outcome instanceof Outcome.Rejection rejection) {
            return rejection.httpStatus();
        } else if (outcome instanceof Outcome.LocalReply reply) {
            return reply.httpStatus();
        }
        return timeout(outcome) ? GATEWAY_TIMEOUT : UNAVAILABLE;
    }

    /** {@return the gRPC status of a gRPC call} */
    static int grpcStatus(Outcome outcome) {
        if (outcome instanceof Outcome.Response response) {
            return response.grpcStatus() < 0 ? StatusCodes.GRPC_UNKNOWN : response.grpcStatus();
        } else if (outcome instanceof Outcome.Cancelled) {
            return StatusCodes.GRPC_CANCELLED;
        } else if (outcome instanceof Outcome.Rejection rejection) {
            return rejection.grpcStatus();
        } else if (outcome instanceof Outcome.LocalReply reply) {
            return reply.grpcStatus();
        }
        return timeout(outcome) ? StatusCodes.GRPC_DEADLINE_EXCEEDED : StatusCodes.GRPC_UNAVAILABLE;
    }

    private static boolean timeout(Outcome outcome) {
        return outcome instanceof Failure failure && failure.kind() == Failure.Kind.TIMEOUT;
    }
}
