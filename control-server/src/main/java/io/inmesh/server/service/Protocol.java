package io.inmesh.server.service;

import java.util.Locale;

/** What a service port speaks, as far as routing cares. */
public enum Protocol {
    /** HTTP/1.1. */
    HTTP,
    /** HTTP/2 in the clear. */
    HTTP2,
    /** gRPC. */
    GRPC,
    /** HTTP inside the application's own TLS: opaque to the mesh. */
    HTTPS,
    /** Any other TLS: opaque to the mesh. */
    TLS,
    /** Anything else over TCP. */
    TCP,
    /** Datagrams: not carried by the mesh. */
    UDP;

    /** Whether requests on such a port can be routed one by one. */
    public boolean routable() {
        return this == HTTP || this == HTTP2 || this == GRPC;
    }

    /** Whether requests travel as HTTP/2. */
    public boolean http2() {
        return this == HTTP2 || this == GRPC;
    }

    /**
     * Chooses the protocol of a core Service port: {@code appProtocol} first, then the port name up to its first dash, then HTTP, since
     * every caller inside the mesh is an HTTP or gRPC client.
     */
    static Protocol choose(String appProtocol, String portName, String transport) {
        if (transport.equalsIgnoreCase("UDP")) {
            return UDP;
        }
        String app = appProtocol.toLowerCase(Locale.ROOT);
        if (app.equals("kubernetes.io/h2c")) {
            return HTTP2;
        }
        if (!app.isEmpty()) {
            return parse(app.startsWith("grpc") ? "grpc" : app, TCP);
        }
        int dash = portName.indexOf('-');
        String prefix = dash < 0 ? portName : portName.substring(0, dash);
        return parse(prefix, HTTP);
    }

    /** Reads a protocol's name in any case; {@code fallback} if it is none we know. */
    static Protocol parse(String name, Protocol fallback) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "HTTP" -> HTTP;
            case "HTTP2" -> HTTP2;
            case "GRPC" -> GRPC;
            case "HTTPS" -> HTTPS;
            case "TLS" -> TLS;
            case "TCP", "MONGO", "MYSQL", "REDIS" -> TCP;
            case "UDP" -> UDP;
            default -> fallback;
        };
    }
}
