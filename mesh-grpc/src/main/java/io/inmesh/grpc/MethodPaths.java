package io.inmesh.grpc;

import io.grpc.MethodDescriptor;
import java.util.concurrent.ConcurrentHashMap;

/** Paths of methods, made once: a call has no use for a string of its own. Bounded, since a generic client may make up names. */
final class MethodPaths {

    private static final int MAX_PATHS = 1024;

    private final ConcurrentHashMap<String, String> byName = new ConcurrentHashMap<>();

    /** {@return the HTTP/2 path of a method, {@code /package.Service/Method}} */
    String of(MethodDescriptor<?, ?> method) {
        String name = method.getFullMethodName();
        String known = byName.get(name);
        if (known != null) {
            return known;
        }
        String path = "/" + name;
        if (byName.size() < MAX_PATHS) {
            byName.putIfAbsent(name, path);
        }
        return path;
    }
}
