package io.inmesh.client;

import io.grpc.Status;

/** Says in one line why a call to the control server failed. */
final class Failures {

    private Failures() {}

    /**
     * {@return the gRPC status and its first cause}
     *
     * gRPC wraps what a handshake or a socket said in several layers, and adds the state of its pipeline; the innermost message is the
     * one that says what to do.
     */
    static String text(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String description = status.getDescription();
        String reason = innermost == failure || innermost.getMessage() == null
                ? description == null ? "" : description.lines().findFirst().orElse("")
                : innermost.getMessage();
        if (status.getCode() == Status.Code.UNAUTHENTICATED) {
            return "UNAUTHENTICATED: " + reason + "; make a token with: meshctl token create";
        }
        return reason.isEmpty() ? status.getCode().toString() : status.getCode() + ": " + reason;
    }
}
