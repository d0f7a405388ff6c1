package io.inmesh.server.rule;

import io.inmesh.server.model.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All VirtualServices, and which of them a client in a given namespace obeys.
 *
 * <p>Several VirtualServices for one host are not merged: the first one keeps the host. A client sees those private to its own namespace
 * first, then those exported to it by name, then public ones; within each group the oldest first.
 */
public final class VirtualServices {
    private final List<Resource> oldestFirst;
    private final Map<Name, Resource> byName = new HashMap<>();
    private final RuleSettings settings;

    private record Name(String namespace, String name) {}

    private VirtualServices(List<Resource> oldestFirst, RuleSettings settings) {
        this.oldestFirst = oldestFirst;
        this.settings = settings;
        oldestFirst.forEach(resource ->
                byName.put(new Name(resource.key().namespace(), resource.key().name()), resource));
    }

    /** Indexes {@code resources} of kind VirtualService. */
    public static VirtualServices of(Collection<Resource> resources, RuleSettings settings) {
        return new VirtualServices(
                resources.stream().sorted(RuleOrder.OLDEST_FIRST).toList(), settings);
    }

    /** The rules a client in {@code namespace} sees, those that take precedence first. */
    public List<VirtualServiceRule> visibleFrom(String namespace) {
        List<Resource> ownOnly = new ArrayList<>();
        List<Resource> exported = new ArrayList<>();
        List<Resource> everywhere = new ArrayList<>();
        for (Resource resource : oldestFirst) {
            Field spec = Field.spec(resource);
            ExportScope scope = ExportScope.of(resource.key().namespace(), spec.get("exportTo"));
            if (spec.get("hosts").items().isEmpty()
                    || !VirtualServiceRule.appliesToMesh(spec.get("gateways"))
                    || !scope.visibleFrom(namespace)) {
                continue;
            }
            if (scope.everywhere()) {
                everywhere.add(resource);
            } else if (scope.ownerOnly()) {
                ownOnly.add(resource);
            } else {
                exported.add(resource);
            }
        }
        ownOnly.addAll(exported);
        ownOnly.addAll(everywhere);
        return ownOnly.stream().map(this::rule).toList();
    }

    /** The rule that keeps each host, for a client in {@code namespace}; in order of precedence. */
    public Map<String, VirtualServiceRule> byHost(String namespace) {
        Map<String, VirtualServiceRule> winners = new LinkedHashMap<>();
        for (VirtualServiceRule rule : visibleFrom(namespace)) {
            rule.hosts().forEach(host -> winners.putIfAbsent(host, rule));
        }
        return winners;
    }

    /** The VirtualService {@code name} in {@code namespace}, whatever it applies to. */
    public Optional<Resource> named(String namespace, String name) {
        return Optional.ofNullable(byName.get(new Name(namespace, name)));
    }

    /** Why a route of {@code root} that delegates, or a part of what it delegates to, has no effect; empty if all of it has. */
    public List<String> delegateProblems(Resource root, Field route) {
        return Delegates.problems(root, route, this);
    }

    private VirtualServiceRule rule(Resource resource) {
        Field spec = Field.spec(resource);
        String namespace = resource.key().namespace();
        List<String> hosts = spec.get("hosts").texts().stream()
                .map(host -> HostName.resolve(host, namespace, settings.clusterDomain()))
                .distinct()
                .toList();
        return new VirtualServiceRule(resource, hosts, Delegates.expand(resource, this));
    }
}
