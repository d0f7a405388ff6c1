package io.inmesh.server.rule;

import io.inmesh.server.model.Resource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All BackendTrafficPolicies, and which of them a client obeys for a host.
 *
 * <p>Looked for where a DestinationRule is: in the client's namespace (unless that is the root namespace), then in the service's, then
 * in the root namespace. The first place with a policy whose host covers the service wins as a whole; of several for the same host in
 * one place the oldest does.
 */
public final class BackendTrafficPolicies {
    private final Map<String, HostTable<Resource>> byNamespace = new HashMap<>();
    private final List<Resource> oldestFirst;
    private final RuleSettings settings;

    private BackendTrafficPolicies(List<Resource> oldestFirst, RuleSettings settings) {
        this.oldestFirst = oldestFirst;
        this.settings = settings;
    }

    /** Indexes {@code resources} of kind BackendTrafficPolicy. */
    public static BackendTrafficPolicies of(Collection<Resource> resources, RuleSettings settings) {
        List<Resource> oldestFirst =
                resources.stream().sorted(RuleOrder.OLDEST_FIRST).toList();
        Map<String, Map<String, Resource>> collected = new HashMap<>();
        for (Resource resource : oldestFirst) {
            String namespace = resource.key().namespace();
            String host =
                    HostName.resolve(Field.spec(resource).get("host").text(), namespace, settings.clusterDomain());
            collected.computeIfAbsent(namespace, n -> new LinkedHashMap<>()).putIfAbsent(host, resource);
        }
        BackendTrafficPolicies policies = new BackendTrafficPolicies(oldestFirst, settings);
        collected.forEach((namespace, hosts) -> policies.byNamespace.put(namespace, new HostTable<>(hosts)));
        return policies;
    }

    /** The policy that clients in {@code clientNamespace} obey for the service {@code host}. */
    public Optional<Resource> lookup(String clientNamespace, String host, String serviceNamespace) {
        return Stream.of(clientNamespace, serviceNamespace, settings.rootNamespace())
                .skip(clientNamespace.equals(settings.rootNamespace()) ? 1 : 0)
                .map(byNamespace::get)
                .filter(Objects::nonNull)
                .flatMap(hosts -> hosts.find(host).stream())
                .findFirst();
    }

    /** Whether {@code other} means the same for every client. */
    public boolean sameAs(BackendTrafficPolicies other) {
        return oldestFirst.equals(other.oldestFirst);
    }
}
