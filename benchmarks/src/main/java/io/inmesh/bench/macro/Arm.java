package io.inmesh.bench.macro;

import org.jspecify.annotations.Nullable;

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
    GRPC_XDS(true, false),
    /** OkHttp with the mesh in it, which tells nobody anything. */
    OKHTTP_SILENT(Telling.NOTHING, false),
    /** The same once more. */
    OKHTTP_SILENT_TWIN(Telling.NOTHING, false),
    /** It keeps metrics of both profiles, and one trace in a hundred. */
    OKHTTP_TELLING(Telling.USUAL, false),
    /** It keeps every trace. */
    OKHTTP_TRACING(Telling.ALL_TRACES, false),
    /** It logs every call as well. */
    OKHTTP_LOGGING(Telling.ALL_CALLS, false),
    /** grpc-java with the mesh in it, which tells nobody anything. */
    GRPC_SILENT(Telling.NOTHING, true),
    /** The same once more. */
    GRPC_SILENT_TWIN(Telling.NOTHING, true),
    /** It keeps metrics of both profiles, and one trace in a hundred. */
    GRPC_TELLING(Telling.USUAL, true),
    /** It keeps every trace. */
    GRPC_TRACING(Telling.ALL_TRACES, true),
    /** It logs every call as well. */
    GRPC_LOGGING(Telling.ALL_CALLS, true);

    private final boolean grpc;
    private final boolean meshed;
    private final @Nullable Telling telling;

    Arm(boolean grpc, boolean meshed) {
        this.grpc = grpc;
        this.meshed = meshed;
        this.telling = null;
    }

    Arm(Telling telling, boolean grpc) {
        this.grpc = grpc;
        this.meshed = true;
        this.telling = telling;
    }

    boolean grpc() {
        return grpc;
    }

    boolean meshed() {
        return meshed;
    }

    /** {@return what it tells about its calls; null if that is what is usual} */
    @Nullable
    Telling telling() {
        return telling;
    }
}
