package io.inmesh.client.translate;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ForwardersConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.JwtRuleConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.SpreadConfig.Mode;
import io.inmesh.config.TelemetryConfig;
import io.inmesh.config.TelemetryConfig.Side;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.xds.TypeUrls;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Joins the resources of all types into one config. Which names are still missing is for the caller to judge. */
public final class ConfigAssembler {

    /** What a workload asks whose inbound listener was refused: nobody may call it, for who may is not known. */
    private static final InboundConfig CLOSED = new InboundConfig(
            InboundConfig.Mtls.STRICT,
            List.of(new AuthorizationConfig(AuthorizationConfig.Action.ALLOW, List.of())),
            "the inbound listener, which was refused");

    /**
     * Begins the names of clusters that no server has: they stand for destinations of a route that could not be found, and calls drawn
     * to them fail as the route says.
     */
    private static final String UNRESOLVED = "unresolved|";

    private final Resources resources;
    private final Caller caller;
    private final Map<String, Naming> namings = new HashMap<>();
    private final Map<String, TlsFiles> files = new HashMap<>();
    private final Set<IgnoredField> ignored = new LinkedHashSet<>();

    private ConfigAssembler(Resources resources, Caller caller) {
        this.resources = resources;
        this.caller = caller;
    }

    /** Accepted resources. */
    public interface Resources {

        /** {@return those of a type, in order of their names} */
        Collection<Resource> of(String typeUrl);

        /** {@return one of them, null if it is not there} */
        @Nullable
        Resource find(String typeUrl, String name);

        /** {@return whether the endpoints of a cluster are asked for; those of others stay unknown until it is called} */
        default boolean wanted(String cluster) {
            return true;
        }

        /** {@return whether an inbound listener was refused, and there is none from before} */
        boolean inboundRefused();
    }

    /**
     * The result.
     *
     * @param config what the resources say together
     * @param namings how host names among endpoints become addresses, by name of the cluster; others have addresses
     * @param files what TLS to servers outside the mesh needs, by name of the cluster; others need nothing
     * @param ignored fields without effect
     */
    public record Assembled(
            MeshConfig config, Map<String, Naming> namings, Map<String, TlsFiles> files, List<IgnoredField> ignored) {
        /** Copies the collections. */
        public Assembled {
            namings = Map.copyOf(namings);
            files = Map.copyOf(files);
            ignored = List.copyOf(ignored);
        }
    }

    /**
     * {@return the config that resources make together}
     *
     * @param version name of the config
     * @param resources all there is
     * @param caller this process
     */
    public static Assembled assemble(String version, Resources resources, Caller caller) {
        return new ConfigAssembler(resources, caller).assemble(version);
    }

    /** {@return names of the route configurations that listeners lead to} */
    public static Set<String> routeNames(Resources resources) {
        Set<String> names = new TreeSet<>();
        for (Resource resource : resources.of(TypeUrls.LISTENER)) {
            if (resource.meaning() instanceof Translated.Outbound outbound && outbound.routes() != null) {
                names.add(outbound.routes());
            }
        }
        return names;
    }

    /** {@return names of the endpoint resources that clusters need, as far as they are wanted} */
    public static Set<String> endpointNames(Resources resources) {
        Set<String> names = new TreeSet<>();
        for (Resource resource : resources.of(TypeUrls.CLUSTER)) {
            if (resource.meaning() instanceof Translated.Cluster cluster
                    && cluster.endpoints() != null
                    && resources.wanted(resource.name())) {
                names.add(cluster.endpoints());
            }
        }
        return names;
    }

    /** {@return names of clusters that routes lead to and that are not there but may come} */
    public static Set<String> missingClusters(MeshConfig config) {
        Set<String> missing = new TreeSet<>();
        for (VirtualHostConfig host : config.virtualHosts()) {
            for (RouteConfig route : host.routes()) {
                if (route.action() instanceof RouteAction.Forward forward) {
                    forward.clusters().forEach(cluster -> missing.add(cluster.cluster()));
                }
            }
        }
        config.clusters().forEach(cluster -> missing.remove(cluster.name()));
        missing.removeIf(name -> name.startsWith(UNRESOLVED));
        return missing;
    }

    private Assembled assemble(String version) {
        List<ClusterConfig> clusters = clusters();
        List<VirtualHostConfig> hosts = virtualHosts();
        InboundConfig inbound = inbound();
        InboundConfig used = inbound != null ? inbound : resources.inboundRefused() ? CLOSED : InboundConfig.OPEN;
        return new Assembled(
                new MeshConfig(version, hosts, clusters, used, telemetry()), namings, files, new ArrayList<>(ignored));
    }

    private List<ClusterConfig> clusters() {
        List<ClusterConfig> clusters = new ArrayList<>();
        for (Resource resource : resources.of(TypeUrls.CLUSTER)) {
            ignored.addAll(resource.ignored());
            Translated.Cluster cluster = (Translated.Cluster) resource.meaning();
            if (cluster.naming() != null) {
                namings.put(cluster.config().name(), cluster.naming());
            }
            if (cluster.files() != null) {
                files.put(cluster.config().name(), cluster.files());
            }
            ClusterConfig config = cluster.endpoints() == null
                    ? cluster.config()
                    : resources.wanted(resource.name())
                            ? withEndpoints(cluster.config(), cluster.endpoints())
                            : cluster.config().asDeferred();
            clusters.add(calledHere(config));
        }
        return clusters;
    }

    /** {@return a cluster with what this process is to it} */
    private ClusterConfig calledHere(ClusterConfig config) {
        ClusterConfig own = config.spread().mode() == Mode.ZONE_AWARE
                ? config.withSpread(config.spread().withOwn(caller.locality()))
                : config;
        return own.balancing().subset() == null
                ? own
                : own.withBalancing(BalancingTranslator.identified(own.balancing(), caller.id()));
    }

    private VirtualHostConfig calledHere(VirtualHostConfig host) {
        List<RouteConfig> routes = host.routes().stream()
                .map(route -> route.hashOn().isEmpty()
                        ? route
                        : route.withHashOn(route.hashOn().stream()
                                .map(key -> HashPolicies.located(key, caller.address()))
                                .toList()))
                .toList();
        return new VirtualHostConfig(host.name(), host.port(), host.domains(), routes);
    }

    private ClusterConfig withEndpoints(ClusterConfig cluster, String name) {
        Resource resource = resources.find(TypeUrls.ENDPOINT, name);
        if (resource == null) {
            return cluster;
        }
        ignored.addAll(resource.ignored());
        return ((Translated.Endpoints) resource.meaning()).addTo(cluster);
    }

    private List<VirtualHostConfig> virtualHosts() {
        List<VirtualHostConfig> hosts = new ArrayList<>();
        Map<Integer, Map<String, String>> taken = new HashMap<>();
        Set<String> names = new HashSet<>();
        Set<String> joined = new HashSet<>();
        for (Resource resource : resources.of(TypeUrls.LISTENER)) {
            ignored.addAll(resource.ignored());
            // Several listeners may lead to the same routes, as those that gRPC clients ask for by each of a host's
            // names.
            if (!(resource.meaning() instanceof Translated.Outbound outbound)
                    || outbound.routes() != null && !joined.add(outbound.port() + " " + outbound.routes())) {
                continue;
            }
            for (VirtualHostConfig sent : hostsOf(outbound)) {
                for (VirtualHostConfig host : Domains.split(sent, outbound.port())) {
                    add(host, taken.computeIfAbsent(host.port(), port -> new HashMap<>()), names, hosts);
                }
            }
        }
        return hosts;
    }

    private List<VirtualHostConfig> hostsOf(Translated.Outbound outbound) {
        if (outbound.routes() == null) {
            return outbound.hosts();
        }
        Resource resource = resources.find(TypeUrls.ROUTE, outbound.routes());
        if (resource == null) {
            return List.of();
        }
        ignored.addAll(resource.ignored());
        return ((Translated.Routes) resource.meaning()).hosts();
    }

    /** Adds a host with those of its domains that no other has; the first one has them, as in Istio. */
    private void add(
            VirtualHostConfig host, Map<String, String> taken, Set<String> names, List<VirtualHostConfig> hosts) {
        String name = host.name();
        for (int i = 2; names.contains(name); i++) {
            name = host.name() + " (" + i + ")";
        }
        List<String> free = new ArrayList<>();
        for (String domain : host.domains()) {
            String other = taken.putIfAbsent(domain, name);
            if (other == null) {
                free.add(domain);
            } else {
                ignored.add(new IgnoredField(
                        name, "domains", "\"" + domain + "\" belongs to virtual host \"" + other + "\" already"));
            }
        }
        if (!free.isEmpty()) {
            names.add(name);
            hosts.add(calledHere(new VirtualHostConfig(name, host.port(), free, host.routes())));
        }
    }

    /** {@return what is told about calls: the first listener that says something speaks for its side} */
    private TelemetryConfig telemetry() {
        Side client = Side.STANDARD;
        Side server = Side.STANDARD;
        for (Resource resource : resources.of(TypeUrls.LISTENER)) {
            if (resource.meaning() instanceof Translated.Outbound outbound && client.equals(Side.STANDARD)) {
                client = outbound.telemetry();
            } else if (resource.meaning() instanceof Translated.Inbound inbound && server.equals(Side.STANDARD)) {
                server = inbound.telemetry();
            }
        }
        return new TelemetryConfig(client, server);
    }

    /** {@return what all inbound listeners ask together, null if there is none} */
    private @Nullable InboundConfig inbound() {
        InboundConfig all = null;
        for (Resource resource : resources.of(TypeUrls.LISTENER)) {
            if (!(resource.meaning() instanceof Translated.Inbound inbound)) {
                continue;
            }
            if (all != null
                    && all.traffic().active()
                    && inbound.config().traffic().active()) {
                ignored.add(new IgnoredField(
                        resource.name(), "http_filters", "limits of another inbound listener are in force already"));
            }
            if (all != null && differ(all.forwarders(), inbound.config().forwarders())) {
                ignored.add(new IgnoredField(
                        resource.name(), "xff", "forwarders of another inbound listener are believed already"));
            }
            all = all == null ? inbound.config() : both(all, inbound.config());
        }
        return all;
    }

    /** {@return what two inbound listeners ask together: what either refuses is refused} */
    static InboundConfig both(InboundConfig one, InboundConfig other) {
        List<AuthorizationConfig> authorization = new ArrayList<>(one.authorization());
        authorization.addAll(other.authorization());
        Set<JwtRuleConfig> jwtRules = new LinkedHashSet<>(one.jwtRules());
        jwtRules.addAll(other.jwtRules());
        if (one.external() != null
                && other.external() != null
                && !one.external().authorizer().equals(other.external().authorizer())) {
            // Only one can be asked, and what the other would deny is not known.
            authorization.add(new AuthorizationConfig(AuthorizationConfig.Action.ALLOW, List.of()));
        }
        InboundConfig stricter = one.mtls().compareTo(other.mtls()) >= 0 ? one : other;
        InboundConfig limiting = one.traffic().active() ? one : other;
        Map<Integer, InboundConfig.Mtls> byPort = new HashMap<>();
        one.mtlsByPort().forEach((port, mode) -> byPort.put(port, stricter(mode, other.mtls(port))));
        other.mtlsByPort().forEach((port, mode) -> byPort.put(port, stricter(mode, one.mtls(port))));
        return new InboundConfig(stricter.mtls(), authorization, limiting.traffic(), stricter.origin())
                .withJwtRules(new ArrayList<>(jwtRules))
                .withExternal(external(one.external(), other.external()))
                .withForwarders(one.forwarders().equals(ForwardersConfig.NONE) ? other.forwarders() : one.forwarders())
                .withMtlsByPort(byPort);
    }

    private static @Nullable ExternalAuthorizationConfig external(
            @Nullable ExternalAuthorizationConfig one, @Nullable ExternalAuthorizationConfig other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        List<AuthorizationConfig.Policy> policies = new ArrayList<>(one.policies());
        policies.addAll(other.policies());
        return new ExternalAuthorizationConfig(one.authorizer(), policies);
    }

    private static boolean differ(ForwardersConfig one, ForwardersConfig other) {
        return !one.equals(other) && !one.equals(ForwardersConfig.NONE) && !other.equals(ForwardersConfig.NONE);
    }

    private static InboundConfig.Mtls stricter(InboundConfig.Mtls one, InboundConfig.Mtls other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
