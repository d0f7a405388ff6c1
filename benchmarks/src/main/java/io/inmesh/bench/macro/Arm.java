package io.inmesh.bench.macro;

/** A way to call the backend. Each has a process of its own. */
enum Arm {
    /** OkHttp as it is. */
    OKHTTP(false, false),
    /** The same once more: what differs from {@link #OKHTTP} is noise. */
    OKHTTP_TWIN(false, false),
    /** OkHttp with the mesh in it. */
    OKHTTP_MESH(false, true),
    /** grpc-java as it is. */
    GRPC(true, false),
    /** The same once more: what differs from {@link #GRPC} is noise. */
    GRPC_TWIN(true, false),
    /** grpc-java with the mesh in it. */
    GRPC_MESH(true, true),
    /** grpc-java with its own xDS client, fed by the same control server. */
    GRPC_XDS(true, false);

    private final boolean grpc;
    private final boolean meshed;

    Arm(boolean grpc, boolean meshed) {
        this.grpc = grpc;
        this.meshed = meshed;
    }

    boolean grpc() {
        return grpc;
    }

    boolean meshed() {
        return meshed;
    }
}
