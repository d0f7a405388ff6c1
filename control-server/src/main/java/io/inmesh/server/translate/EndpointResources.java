package io.inmesh.server.translate;

import io.inmesh.server.rule.DestinationRuleSet;
import io.inmesh.server.rule.LabelSelector;
import io.inmesh.server.rule.PeerAuthentications;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.Protocol;
import io.inmesh.server.service.Resolution;
import io.inmesh.server.service.ServicePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Endpoint resources, kept from one state to the next for services whose workloads did not change. */
final class EndpointResources {
    private final ConcurrentMap<Key, Entry> current = new ConcurrentHashMap<>();
    private final Map<Key, Entry> before;
    private final PeerAuthentications peers;
    private final SharedResources shared;

    private record Key(String fqdn, int port, String subset, LabelSelector selector, Placement placement) {}

    private record Entry(MeshService service, VersionedResource resource) {}

    private EndpointResources(Map<Key, Entry> before, PeerAuthentications peers, SharedResources shared) {
        this.before = before;
        this.peers = peers;
        this.shared = shared;
    }

    /** Follows {@code previous}, which must have been made under the same rules; null starts empty. */
    static EndpointResources following(
            @Nullable EndpointResources previous, PeerAuthentications peers, SharedResources shared) {
        return new EndpointResources(previous == null ? Map.of() : previous.current, peers, shared);
    }

    /** The endpoints of every cluster that is discovered over EDS. */
    List<VersionedResource> of(ClientView view) {
        List<VersionedResource> resources = new ArrayList<>();
        for (MeshService service : view.services().values()) {
            if (service.resolution() != Resolution.STATIC) {
                continue;
            }
            for (ServicePort port : service.ports()) {
                if (port.protocol() == Protocol.UDP) {
                    // It has no cluster; and one of TCP may have the same number, and so the same name.
                    continue;
                }
                for (String subset : view.subsets(service)) {
                    resources.add(resource(
                            service,
                            port,
                            subset,
                            selector(view, service, subset),
                            view.placement(service, subset, port.number())));
                }
            }
        }
        return resources;
    }

    static LabelSelector selector(ClientView view, MeshService service, String subset) {
        return view.destinationRules(service)
                .flatMap(rules -> rules.subset(subset))
                .map(DestinationRuleSet.Subset::selector)
                .orElse(new LabelSelector(Map.of()));
    }

    private VersionedResource resource(
            MeshService service, ServicePort port, String subset, LabelSelector selector, Placement placement) {
        Key key = new Key(service.fqdn(), port.number(), subset, selector, placement);
        return current.computeIfAbsent(key, k -> {
                    Entry old = before.get(k);
                    if (old != null && old.service().equals(service)) {
                        return new Entry(service, shared.one(old.resource()));
                    }
                    String name = ClusterNames.outbound(port.number(), subset, service.fqdn());
                    return new Entry(
                            service,
                            shared.one(VersionedResource.of(
                                    name, Endpoints.build(service, port, subset, selector, peers, placement))));
                })
                .resource();
    }
}
