package io.inmesh.server.translate;

import io.inmesh.server.gateway.GatewayRoutes;
import io.inmesh.server.rule.PeerAuthentications;
import io.inmesh.server.rule.Rules;
import io.inmesh.server.service.Locality;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.service.Workload;
import io.inmesh.server.store.ConfigView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The mesh at one moment, and the resources of each kind of client, made when first asked for. Safe for use by several threads.
 *
 * <p>What does not change from one state to the next is taken over: resources with equal bytes are the same object, and what a change
 * cannot have touched (clusters if only routes changed, everything but endpoints if only those moved) is not built again.
 */
public final class MeshState {
    private final ConfigView config;
    private final Rules rules;
    private final GatewayRoutes gatewayRoutes;
    private final ServiceIndex services;
    private final ServiceShapes shapes;
    private final SharedResources shared;
    private final EndpointResources endpoints;
    /** Clusters by kind of client; the same map as before if no service, DestinationRule or BackendTrafficPolicy changed. */
    private final ConcurrentMap<ClientContext, List<VersionedResource>> clusters;
    /** Listeners and routes by kind of client; the same map as before if only endpoints changed. */
    private final ConcurrentMap<ClientContext, List<VersionedResource>> routing;

    private final ConcurrentMap<ClientContext, ResourceSet> sets = new ConcurrentHashMap<>();
    /** Those of the state before, never those of an earlier one: a kind for which nothing has changed keeps its set. */
    private final ConcurrentMap<ClientContext, ResourceSet> setsBefore;
    /** What clients of gRPC have by names with an authority, and those of the state before. */
    private final ConcurrentMap<ClientContext, FederatedNames> federated = new ConcurrentHashMap<>();

    private final ConcurrentMap<ClientContext, FederatedNames> federatedBefore;
    /** Sets of sidecars, which share all but what guards their applications. */
    private final ConcurrentMap<ClientContext, ResourceSet> sidecarSets = new ConcurrentHashMap<>();

    private MeshState(@Nullable MeshState previous, ConfigView config, Rules rules, ServiceIndex services) {
        this.config = config;
        this.rules = rules;
        this.services = services;
        PeerAuthentications peers = rules.peerAuthentications();
        boolean samePeers =
                previous != null && previous.rules.peerAuthentications().sameAs(peers);
        this.shapes = previous != null && samePeers
                ? previous.shapes.following(previous.services, services, peers)
                : ServiceShapes.of(services, peers);
        // They depend on services, never on the workloads behind them.
        this.gatewayRoutes = previous != null && previous.rules == rules && previous.shapes.equals(shapes)
                ? previous.gatewayRoutes
                : GatewayRoutes.of(config, services, rules.settings());
        if (previous == null) {
            this.shared = SharedResources.following(null);
            this.endpoints = EndpointResources.following(null, peers, shared);
            this.clusters = new ConcurrentHashMap<>();
            this.routing = new ConcurrentHashMap<>();
            this.setsBefore = new ConcurrentHashMap<>();
            this.federatedBefore = new ConcurrentHashMap<>();
            return;
        }
        Rules before = previous.rules;
        this.shared = SharedResources.following(previous.shared);
        this.endpoints = EndpointResources.following(samePeers ? previous.endpoints : null, peers, shared);
        boolean sameShapes = previous.shapes.equals(shapes);
        boolean sameClusters = sameShapes
                && before.settings().equals(rules.settings())
                && before.destinationRules().sameAs(rules.destinationRules())
                && before.backendTrafficPolicies().sameAs(rules.backendTrafficPolicies());
        this.clusters = sameClusters ? previous.clusters : new ConcurrentHashMap<>();
        this.routing = sameShapes && before == rules ? previous.routing : new ConcurrentHashMap<>();
        this.setsBefore = previous.sets;
        this.federatedBefore = previous.federated;
    }

    static MeshState following(@Nullable MeshState previous, ConfigView config, Rules rules, ServiceIndex services) {
        return new MeshState(previous, config, rules, services);
    }

    /** {@return whose identities are the mesh's own} */
    public String trustDomain() {
        return rules.settings().trustDomain();
    }

    /** The configuration this was made from. */
    public ConfigView config() {
        return config;
    }

    /** The services at this moment. */
    public ServiceIndex services() {
        return services;
    }

    /** The rules of this configuration. */
    public Rules rules() {
        return rules;
    }

    /** Everything a client may see. Equal clients, and clients that differ only in what no rule asks about, share one set. */
    public ResourceSet resourcesFor(ClientContext client) {
        ClientContext kind = kindOf(client);
        ResourceSet set = KindCache.get(sets, kind, this::build);
        if (client.sidecar().isEmpty()) {
            return set;
        }
        Sidecar sidecar = client.sidecar().get();
        return KindCache.get(
                sidecarSets,
                kind.guarding(sidecar),
                k -> set.with(shared.all(SidecarResources.of(rules, kind, sidecar, set.all(TypeUrls.LISTENER)))));
    }

    private ClientContext kindOf(ClientContext client) {
        Map<String, String> labels = rules.relevantLabels().of(client.labels());
        if (TlsContexts.ISTIO_MUTUAL.equals(client.labels().get(Workload.TLS_MODE_LABEL))) {
            labels.put(Workload.TLS_MODE_LABEL, TlsContexts.ISTIO_MUTUAL);
        }
        return new ClientContext(
                client.namespace(),
                labels,
                client.dnsDomain(),
                client.personality(),
                rules.placesMatter() ? client.locality() : Locality.UNKNOWN);
    }

    private ResourceSet build(ClientContext kind) {
        ClientView view = new ClientView(rules, gatewayRoutes, services, kind);
        ResourceSet.Builder set = ResourceSet.builder();
        // Where a client is decides about endpoints only; some clusters hold theirs.
        KindCache.get(
                        clusters,
                        shapes.embedEndpoints() ? kind : kind.anywhere(),
                        k -> shared.all(Structures.clusters(view)))
                .forEach(set::add);
        KindCache.get(routing, kind.anywhere(), k -> shared.all(Structures.routing(view)))
                .forEach(set::add);
        endpoints.of(view).forEach(set::add);
        if (kind.personality() == Personality.GRPC_SAFE) {
            ResourceSet listed = set.build();
            FederatedNames names =
                    KindCache.get(federated, kind, k -> new FederatedNames(trustDomain(), federatedBefore.get(kind)));
            return set.onDemand((type, name) -> onDemand(kind, listed, names, type, name))
                    .build();
        }
        ResourceSet built = set.build();
        ResourceSet before = setsBefore.get(kind);
        return before != null && before.lists(built) ? before : built;
    }

    private @Nullable VersionedResource onDemand(
            ClientContext kind, ResourceSet listed, FederatedNames names, String type, String name) {
        Optional<String> plain = names.plain(type, name);
        if (plain.isPresent()) {
            return listed.find(type, plain.get())
                    .map(resource -> names.shared(resource, name))
                    .or(() -> inbound(kind, type, plain.get()).map(resource -> names.named(resource, name)))
                    .orElse(null);
        }
        return inbound(kind, type, name).orElse(null);
    }

    private Optional<VersionedResource> inbound(ClientContext kind, String type, String name) {
        return type.equals(TypeUrls.LISTENER) ? GrpcInbound.listener(rules, kind, name) : Optional.empty();
    }
}
