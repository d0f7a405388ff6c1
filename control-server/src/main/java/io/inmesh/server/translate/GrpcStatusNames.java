package io.inmesh.server.translate;

import java.util.List;
import java.util.OptionalInt;

/** Names of gRPC status codes as rules write them. */
public final class GrpcStatusNames {
    /** A name's place is its code. */
    private static final List<String> NAMES = List.of(
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
            "UNAUTHENTICATED");

    private GrpcStatusNames() {}

    /** The code of a status; empty if there is no status of that name. */
    public static OptionalInt code(String name) {
        int code = NAMES.indexOf(name);
        return code < 0 ? OptionalInt.empty() : OptionalInt.of(code);
    }
}
