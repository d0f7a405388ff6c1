package io.inmesh.server.gateway;

import io.inmesh.server.model.Resource;

/** The kinds of routes. On a service port where both are attached, only those of the first kind here are obeyed (GEP-1294). */
public enum RouteKind {
    /** {@code GRPCRoute}. */
    GRPC("GRPCRoute"),
    /** {@code HTTPRoute}. */
    HTTP("HTTPRoute");

    private final String kind;

    RouteKind(String kind) {
        this.kind = kind;
    }

    /** The kind of its resources. */
    public String kind() {
        return kind;
    }

    static RouteKind of(Resource resource) {
        return resource.key().kind().equals(GRPC.kind) ? GRPC : HTTP;
    }
}
