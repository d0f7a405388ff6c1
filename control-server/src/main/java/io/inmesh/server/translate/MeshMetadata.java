package io.inmesh.server.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.xds.cluster.Cluster;

/** Metadata of Inmesh's own clients, for what no standard field can say; Envoy and stock gRPC do not look at it. */
final class MeshMetadata {
    private static final String KEY = "io.inmesh";

    private MeshMetadata() {}

    static void put(Cluster.Builder cluster, String name, Value value) {
        Struct before = cluster.getMetadata().getFilterMetadataOrDefault(KEY, Struct.getDefaultInstance());
        cluster.getMetadataBuilder()
                .putFilterMetadata(
                        KEY, before.toBuilder().putFields(name, value).build());
    }
}
