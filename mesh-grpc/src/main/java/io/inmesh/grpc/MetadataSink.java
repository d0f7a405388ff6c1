package io.inmesh.grpc;

import io.grpc.Metadata;
import io.inmesh.call.HeaderSink;

/** Writes header changes into gRPC metadata. Names gRPC keeps for itself are left alone; binary headers can be removed, but not written. */
record MetadataSink(Metadata metadata) implements HeaderSink {

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
            metadata.put(MetadataKeys.of(name), value);
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
            metadata.discardAll(MetadataKeys.of(name));
        }
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
