package io.inmesh.grpc;

import io.grpc.Metadata;
import io.inmesh.call.HeaderSink;
import java.util.concurrent.ConcurrentHashMap;

/** Writes header changes into gRPC metadata. Names gRPC keeps for itself are left alone; binary headers can be removed, but not written. */
record MetadataSink(Metadata metadata) implements HeaderSink {

    /** Names come from config and code; should there be more, keys of the further ones are made each time. */
    private static final int MAX_KEYS = 1000;

    private static final ConcurrentHashMap<String, Metadata.Key<String>> KEYS = new ConcurrentHashMap<>();

    @Override
    public void set(String name, String value) {
        if (writable(name)) {
            remove(name);
            add(name, value);
        }
    }

    @Override
    public void add(String name, String value) {
        if (writable(name)) {
            metadata.put(key(name), value);
        }
    }

    @Override
    public void remove(String name) {
        if (!GrpcCall.isHeaderName(name) || ofGrpc(name)) {
            return;
        }
        if (binary(name)) {
            metadata.discardAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
        } else {
            metadata.discardAll(key(name));
        }
    }

    /** Making a key copies its name twice. */
    private static Metadata.Key<String> key(String name) {
        Metadata.Key<String> known = KEYS.get(name);
        if (known != null) {
            return known;
        }
        Metadata.Key<String> made = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
        if (KEYS.size() < MAX_KEYS) {
            KEYS.put(name, made);
        }
        return made;
    }

    private static boolean writable(String name) {
        return !ofGrpc(name) && !binary(name);
    }

    private static boolean ofGrpc(String name) {
        return name.startsWith("grpc-") || name.startsWith(":") || name.equals("host");
    }

    private static boolean binary(String name) {
        return name.endsWith(Metadata.BINARY_HEADER_SUFFIX);
    }
}
