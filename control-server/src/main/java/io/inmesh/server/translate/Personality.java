package io.inmesh.server.translate;

/** Which shape of resources a client understands. */
public enum Personality {
    /** Envoy-shaped resources with everything the mesh can say: our own clients, Envoy. */
    FULL,
    /** Only what gRFCs A28, A29, A41, A44 and A50 define: stock gRPC clients and servers. */
    GRPC_SAFE
}
