package io.inmesh.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.client.translate.InvalidResourceException;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.route.RouteConfiguration;
import io.inmesh.xds.tls.Secret;

/** Reads the name out of a resource, which state-of-the-world responses do not give apart. */
final class ResourceNames {

    private ResourceNames() {}

    static String of(String typeUrl, ByteString bytes) {
        try {
            return switch (typeUrl) {
                case TypeUrls.LISTENER -> Listener.parseFrom(bytes).getName();
                case TypeUrls.ROUTE -> RouteConfiguration.parseFrom(bytes).getName();
                case TypeUrls.CLUSTER -> Cluster.parseFrom(bytes).getName();
                case TypeUrls.ENDPOINT -> ClusterLoadAssignment.parseFrom(bytes).getClusterName();
                case TypeUrls.SECRET -> Secret.parseFrom(bytes).getName();
                default ->
                    throw new InvalidResourceException("", "", "resources of type " + typeUrl + " are not known");
            };
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidResourceException("(unreadable)", "", "cannot be read as " + typeUrl);
        }
    }
}
