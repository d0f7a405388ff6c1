package io.inmesh.client.translate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.snapshot.Problem;
import io.inmesh.snapshot.SnapshotCompiler;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.route.RouteConfiguration;
import io.inmesh.xds.tls.Secret;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Translates and checks one resource by itself, with the checks of the core's compiler: what passes here does not keep others from
 * being used.
 */
public final class ResourceTranslator {

    private ResourceTranslator() {}

    /**
     * {@return a resource, translated}
     *
     * @param typeUrl its type
     * @param name its name, null to read it from the resource
     * @param bytes its serialized form
     * @throws InvalidResourceException if it cannot be used; nothing else is thrown, whatever the bytes are
     */
    public static Resource translate(String typeUrl, @Nullable String name, ByteString bytes) {
        String known = name == null ? "(unreadable)" : name;
        try {
            return switch (typeUrl) {
                case TypeUrls.LISTENER -> {
                    Listener listener = parse(known, typeUrl, bytes, Listener.parser());
                    ResourceReader reader = reader(name, listener.getName());
                    Translated meaning = new ListenerTranslator(reader).translate(reader.inspected("", listener));
                    yield resource(typeUrl, reader, bytes, meaning);
                }
                case TypeUrls.ROUTE -> {
                    RouteConfiguration routes = parse(known, typeUrl, bytes, RouteConfiguration.parser());
                    ResourceReader reader = reader(name, routes.getName());
                    List<VirtualHostConfig> hosts = new RouteTranslator(reader).translate(reader.inspected("", routes));
                    yield resource(typeUrl, reader, bytes, new Translated.Routes(hosts));
                }
                case TypeUrls.CLUSTER -> {
                    Cluster cluster = parse(known, typeUrl, bytes, Cluster.parser());
                    ResourceReader reader = reader(name, cluster.getName());
                    Translated meaning = new ClusterTranslator(reader).translate(reader.inspected("", cluster));
                    yield resource(typeUrl, reader, bytes, meaning);
                }
                case TypeUrls.ENDPOINT -> {
                    ClusterLoadAssignment endpoints = parse(known, typeUrl, bytes, ClusterLoadAssignment.parser());
                    ResourceReader reader = reader(name, endpoints.getClusterName());
                    Translated meaning = new EndpointTranslator(reader).translate(reader.inspected("", endpoints));
                    yield resource(typeUrl, reader, bytes, meaning);
                }
                case TypeUrls.SECRET -> {
                    Secret secret = parse(known, typeUrl, bytes, Secret.parser());
                    ResourceReader reader = reader(name, secret.getName());
                    Translated meaning = TrustTranslator.translate(reader, reader.inspected("", secret));
                    yield resource(typeUrl, reader, bytes, meaning);
                }
                default ->
                    throw new InvalidResourceException(known, "", "resources of type " + typeUrl + " are unknown");
            };
        } catch (InvalidResourceException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            // The records of the core check their ranges.
            throw new InvalidResourceException(known, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | StackOverflowError e) {
            // A fault in here, brought out by one resource, must not end the stream for all of them.
            throw new InvalidResourceException(known, "cannot be translated: " + e, e);
        }
    }

    private static ResourceReader reader(@Nullable String given, String own) {
        return new ResourceReader(given == null ? own : given);
    }

    private static Resource resource(String typeUrl, ResourceReader reader, ByteString bytes, Translated meaning) {
        check(reader.resource(), meaning);
        return new Resource(
                typeUrl, reader.resource(), bytes, meaning, reader.ignored().list());
    }

    /** {@return the name of a resource that was refused, null if it cannot be read} */
    public static @Nullable String nameOf(String typeUrl, ByteString bytes) {
        try {
            return switch (typeUrl) {
                case TypeUrls.LISTENER -> Listener.parseFrom(bytes).getName();
                case TypeUrls.ROUTE -> RouteConfiguration.parseFrom(bytes).getName();
                case TypeUrls.CLUSTER -> Cluster.parseFrom(bytes).getName();
                case TypeUrls.ENDPOINT -> ClusterLoadAssignment.parseFrom(bytes).getClusterName();
                case TypeUrls.SECRET -> Secret.parseFrom(bytes).getName();
                default -> null;
            };
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    /**
     * {@return whether a listener that was refused may have been about requests that come in; true if it cannot be read}
     */
    public static boolean maybeInbound(ByteString listener) {
        try {
            return ListenerTranslator.inbound(Listener.parseFrom(listener));
        } catch (InvalidProtocolBufferException e) {
            return true;
        }
    }

    private static void check(String name, Translated meaning) {
        MeshConfig.Builder alone = MeshConfig.builder();
        if (meaning instanceof Translated.Inbound inbound) {
            alone.inbound(inbound.config());
        } else if (meaning instanceof Translated.Outbound outbound) {
            outbound.hosts().forEach(host -> add(alone, host, outbound.port()));
        } else if (meaning instanceof Translated.Routes routes) {
            routes.hosts().forEach(host -> add(alone, host, 0));
        } else if (meaning instanceof Translated.Cluster cluster) {
            alone.cluster(cluster.config());
        } else if (meaning instanceof Translated.Endpoints endpoints) {
            alone.cluster(endpoints.addTo(ClusterConfig.of(name)));
        } else {
            alone.inbound(InboundConfig.OPEN);
        }
        List<Problem> problems = SnapshotCompiler.check(alone.build());
        if (!problems.isEmpty()) {
            throw new InvalidResourceException(
                    name, "", problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
        }
    }

    private static void add(MeshConfig.Builder alone, VirtualHostConfig host, int port) {
        Domains.split(host, port).forEach(alone::virtualHost);
    }

    private static <M extends Message> M parse(String name, String typeUrl, ByteString bytes, Parser<M> parser) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidResourceException(name, "cannot be read as " + typeUrl, e);
        }
    }
}
