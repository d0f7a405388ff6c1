package io.inmesh.grpc;

import io.grpc.Metadata;
import io.inmesh.call.HeaderSink;

/** Writes header changes into gRPC metadata. Names gRPC keeps for itself are left alone. */
record MetadataSink(Metadata metadata) implements HeaderSink {

    @Override
    public void set(String name, String value) {
        remove(name);
        add(name, value);
    }

    @Override
    public void add(String name, String value) {
        if (!reserved(name)) {
            metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        }
    }

    @Override
    public void remove(String name) {
        if (!reserved(name)) {
            metadata.discardAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        }
    }

    private static boolean reserved(String name) {
        return name.startsWith("grpc-")
                || name.startsWith(":")
                || name.equals("host")
                || name.endsWith(Metadata.BINARY_HEADER_SUFFIX);
    }
}
