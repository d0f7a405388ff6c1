package io.inmesh.call;

/**
 * How gRPC and HTTP statuses stand for each other.
 *
 * <p>Source: Envoy {@code Grpc::Utility}; gRPC {@code http-grpc-status-mapping.md} for the other direction.
 */
public final class StatusCodes {

    /** gRPC OK. */
    public static final int GRPC_OK = 0;

    /** gRPC CANCELLED. */
    public static final int GRPC_CANCELLED = 1;

    /** gRPC UNKNOWN. */
    public static final int GRPC_UNKNOWN = 2;

    /** gRPC DEADLINE_EXCEEDED. */
    public static final int GRPC_DEADLINE_EXCEEDED = 4;

    /** gRPC RESOURCE_EXHAUSTED. */
    public static final int GRPC_RESOURCE_EXHAUSTED = 8;

    /** gRPC UNIMPLEMENTED. */
    public static final int GRPC_UNIMPLEMENTED = 12;

    /** gRPC INTERNAL. */
    public static final int GRPC_INTERNAL = 13;

    /** gRPC UNAVAILABLE. */
    public static final int GRPC_UNAVAILABLE = 14;

    /** HTTP statuses of the gRPC codes 0 to 16. */
    private static final int[] HTTP = {
        200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401
    };

    private StatusCodes() {}

    /** {@return the HTTP status that says what a gRPC code says; 500 for codes that do not exist} */
    public static int httpOf(int grpcCode) {
        return grpcCode >= 0 && grpcCode < HTTP.length ? HTTP[grpcCode] : 500;
    }

    /** {@return the gRPC code a client reads from an answer that has only an HTTP status} */
    public static int grpcOf(int httpStatus) {
        return switch (httpStatus) {
            case 200 -> GRPC_OK;
            case 400 -> GRPC_INTERNAL;
            case 401 -> 16;
            case 403 -> 7;
            case 404 -> GRPC_UNIMPLEMENTED;
            case 429, 502, 503, 504 -> GRPC_UNAVAILABLE;
            default -> GRPC_UNKNOWN;
        };
    }
}
