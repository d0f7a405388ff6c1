package io.inmesh.client.translate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.route.RouteConfiguration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Turns the resources of all types into one config. A pure function of what it is given; the caller decides what to do about
 * names that are still missing.
 */
public final class ConfigTranslator {

    private ConfigTranslator() {}

    /**
     * The result.
     *
     * @param config what the resources say
     * @param ignored fields without effect
     */
    public record Translated(MeshConfig config, List<String> ignored) {}

    /**
     * {@return the route configurations that listeners lead to}
     *
     * @param listeners serialized listeners by name
     */
    public static Set<String> routeNames(Map<String, ByteString> listeners) {
        ListenerTranslator translator = new ListenerTranslator(new IgnoredFields());
        Set<String> names = new TreeSet<>();
        for (Listener listener : outbound(listeners)) {
            translator
                    .manager(listener)
                    .filter(HttpConnectionManager::hasRds)
                    .ifPresent(manager -> names.add(manager.getRds().getRouteConfigName()));
        }
        return names;
    }

    /**
     * {@return the endpoint resources that clusters need}
     *
     * @param clusters serialized clusters by name
     */
    public static Set<String> endpointNames(Map<String, ByteString> clusters) {
        Set<String> names = new TreeSet<>();
        for (Cluster cluster : parseAll(clusters, Cluster.parser())) {
            if (cluster.getType() == Cluster.DiscoveryType.EDS) {
                names.add(endpointName(cluster));
            }
        }
        return names;
    }

    /**
     * Checks one resource by itself.
     *
     * @param typeUrl its type
     * @param name its name
     * @param bytes its serialized form
     * @throws InvalidResourceException if it cannot be used
     */
    public static void check(String typeUrl, String name, ByteString bytes) {
        IgnoredFields ignored = new IgnoredFields();
        try {
            switch (typeUrl) {
                case io.inmesh.xds.TypeUrls.LISTENER -> checkListener(Listener.parseFrom(bytes), ignored);
                case io.inmesh.xds.TypeUrls.ROUTE ->
                    new RouteTranslator(ignored).translate(RouteConfiguration.parseFrom(bytes), 0);
                case io.inmesh.xds.TypeUrls.CLUSTER ->
                    new ClusterTranslator(ignored)
                            .translate(Cluster.parseFrom(bytes), ClusterLoadAssignment.getDefaultInstance());
                case io.inmesh.xds.TypeUrls.ENDPOINT ->
                    new ClusterTranslator(ignored)
                            .translate(
                                    Cluster.newBuilder().setName(name).build(), ClusterLoadAssignment.parseFrom(bytes));
                default -> {
                    // Other types are checked by whoever uses them.
                }
            }
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidResourceException(name, "", "cannot be read as " + typeUrl);
        } catch (IllegalArgumentException e) {
            throw new InvalidResourceException(name, "", String.valueOf(e.getMessage()));
        }
    }

    private static void checkListener(Listener listener, IgnoredFields ignored) {
        ListenerTranslator translator = new ListenerTranslator(ignored);
        if (ListenerTranslator.inbound(listener)) {
            translator.inboundConfig(listener);
        } else {
            translator.manager(listener);
        }
    }

    /**
     * {@return the config that resources make together}
     *
     * @param version name of the config
     * @param listeners serialized listeners by name
     * @param routes serialized route configurations by name
     * @param clusters serialized clusters by name
     * @param endpoints serialized endpoint resources by name
     */
    public static Translated translate(
            String version,
            Map<String, ByteString> listeners,
            Map<String, ByteString> routes,
            Map<String, ByteString> clusters,
            Map<String, ByteString> endpoints) {
        IgnoredFields ignored = new IgnoredFields();
        Map<String, ClusterLoadAssignment> assignments = new LinkedHashMap<>();
        for (ClusterLoadAssignment assignment : parseAll(endpoints, ClusterLoadAssignment.parser())) {
            assignments.put(assignment.getClusterName(), assignment);
        }
        ClusterTranslator clusterTranslator = new ClusterTranslator(ignored);
        List<ClusterConfig> clusterConfigs = new ArrayList<>();
        for (Cluster cluster : parseAll(clusters, Cluster.parser())) {
            ClusterLoadAssignment assignment = cluster.getType() == Cluster.DiscoveryType.EDS
                    ? assignments.getOrDefault(endpointName(cluster), ClusterLoadAssignment.getDefaultInstance())
                    : cluster.getLoadAssignment();
            clusterConfigs.add(clusterTranslator.translate(cluster, assignment));
        }
        List<VirtualHostConfig> hosts = virtualHosts(listeners, routes, ignored);
        return new Translated(
                new MeshConfig(version, hosts, clusterConfigs, inbound(listeners, ignored)), ignored.list());
    }

    private static List<VirtualHostConfig> virtualHosts(
            Map<String, ByteString> listeners, Map<String, ByteString> routes, IgnoredFields ignored) {
        ListenerTranslator listenerTranslator = new ListenerTranslator(ignored);
        RouteTranslator routeTranslator = new RouteTranslator(ignored);
        Map<String, VirtualHostConfig> hosts = new LinkedHashMap<>();
        for (Listener listener : outbound(listeners)) {
            Optional<HttpConnectionManager> manager = listenerTranslator.manager(listener);
            if (manager.isEmpty()) {
                continue;
            }
            RouteConfiguration configuration = manager.get().getRouteConfig();
            if (manager.get().hasRds()) {
                ByteString bytes = routes.get(manager.get().getRds().getRouteConfigName());
                if (bytes == null) {
                    continue;
                }
                configuration = parse(manager.get().getRds().getRouteConfigName(), bytes, RouteConfiguration.parser());
            }
            int port = portOf(listener, configuration.getName());
            for (VirtualHostConfig host : routeTranslator.translate(configuration, port)) {
                hosts.putIfAbsent(host.name() + " " + port, host);
            }
        }
        return new ArrayList<>(hosts.values());
    }

    /** {@return the port that Istio's names speak of: {@code 9080}, {@code host:9080}, {@code outbound|9080||host}} */
    private static int portOf(Listener listener, String routeName) {
        String[] parts = routeName.split("\\|", -1);
        String port = parts.length == 4 ? parts[1] : routeName.substring(routeName.lastIndexOf(':') + 1);
        if (!port.isEmpty() && port.chars().allMatch(c -> c >= '0' && c <= '9') && port.length() <= 5) {
            return Integer.parseInt(port);
        }
        return listener.getAddress().getSocketAddress().getPortValue();
    }

    private static InboundConfig inbound(Map<String, ByteString> listeners, IgnoredFields ignored) {
        for (Listener listener : parseAll(listeners, Listener.parser())) {
            if (ListenerTranslator.inbound(listener)) {
                return new ListenerTranslator(ignored).inboundConfig(listener);
            }
        }
        return InboundConfig.OPEN;
    }

    private static List<Listener> outbound(Map<String, ByteString> listeners) {
        return parseAll(listeners, Listener.parser()).stream()
                .filter(listener -> !ListenerTranslator.inbound(listener))
                .toList();
    }

    private static String endpointName(Cluster cluster) {
        String service = cluster.getEdsClusterConfig().getServiceName();
        return service.isEmpty() ? cluster.getName() : service;
    }

    private static <M extends com.google.protobuf.Message> List<M> parseAll(
            Map<String, ByteString> resources, com.google.protobuf.Parser<M> parser) {
        List<M> parsed = new ArrayList<>();
        // In order of names, so that equal resources make equal configs.
        new TreeMap<>(resources).forEach((name, bytes) -> parsed.add(parse(name, bytes, parser)));
        return parsed;
    }

    private static <M extends com.google.protobuf.Message> M parse(
            String name, ByteString bytes, com.google.protobuf.Parser<M> parser) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidResourceException(name, "", "cannot be read");
        }
    }
}
