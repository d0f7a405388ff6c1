package io.inmesh.server.translate;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A proxy in front of an application, such as Envoy: callers connect to it, and it lets in to the application what the mesh's rules allow.
 *
 * @param folder where it finds {@code cert.pem} and {@code key.pem}, on its own machine; the server never sees the key
 * @param address the address that callers connect to
 * @param local the address of its machine at which its application calls out
 * @param ports what callers connect to, and the application behind it
 */
public record Sidecar(String folder, String address, String local, SortedMap<Integer, Application> ports) {
    /**
     * Where an application listens, on loopback.
     *
     * @param port its port
     * @param http2 whether it speaks HTTP/2 without TLS, as gRPC does, rather than HTTP/1.1
     */
    public record Application(int port, boolean http2) {}

    public Sidecar {
        ports = Collections.unmodifiableSortedMap(new TreeMap<>(ports));
    }
}
