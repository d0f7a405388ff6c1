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
 * All DestinationRules, and which of them a client obeys for a host.
 *
 * <p>Looked for in the client's namespace (unless that is the root namespace), then in the service's, then in the root namespace; the
 * first place with a rule whose host covers the service wins as a whole, nothing is inherited from the next.
 */
public final class DestinationRules {
    private final Map<String, HostTable<List<Resource>>> byNamespace = new HashMap<>();
    private final HostTable<List<Resource>> everywhere;
    private final List<Resource> oldestFirst;
    private final RuleSettings settings;

    private DestinationRules(List<Resource> oldestFirst, HostTable<List<Resource>> everywhere, RuleSettings settings) {
        this.oldestFirst = oldestFirst;
        this.everywhere = everywhere;
        this.settings = settings;
    }

    /** Indexes {@code resources} of kind DestinationRule. */
    public static DestinationRules of(Collection<Resource> resources, RuleSettings settings) {
        Map<String, Map<String, List<Resource>>> collected = new HashMap<>();
        Map<String, List<Resource>> everywhere = new LinkedHashMap<>();
        List<Resource> oldestFirst =
                resources.stream().sorted(RuleOrder.OLDEST_FIRST).toList();
        oldestFirst.forEach(resource -> {
            String namespace = resource.key().namespace();
            String host =
                    HostName.resolve(Field.spec(resource).get("host").text(), namespace, settings.clusterDomain());
            collected
                    .computeIfAbsent(namespace, n -> new LinkedHashMap<>())
                    .computeIfAbsent(host, h -> new ArrayList<>())
                    .add(resource);
            everywhere.computeIfAbsent(host, h -> new ArrayList<>()).add(resource);
        });
        DestinationRules rules = new DestinationRules(oldestFirst, new HostTable<>(everywhere), settings);
        collected.forEach((namespace, hosts) -> rules.byNamespace.put(namespace, new HostTable<>(hosts)));
        return rules;
    }

    /** The rules that a client in {@code clientNamespace} with {@code clientLabels} obeys for the service {@code host}. */
    public Optional<DestinationRuleSet> lookup(
            String clientNamespace, Map<String, String> clientLabels, String host, String serviceNamespace) {
        List<String> places = new ArrayList<>();
        if (!clientNamespace.equals(settings.rootNamespace())) {
            places.add(clientNamespace);
        }
        places.add(serviceNamespace);
        places.add(settings.rootNamespace());
        for (String place : places) {
            Optional<DestinationRuleSet> found = inNamespace(place, clientNamespace, clientLabels, host);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Every rule, in any namespace, whose host covers {@code host}; oldest first. */
    public List<Resource> covering(String host) {
        return everywhere.covering(host).stream()
                .flatMap(List::stream)
                .sorted(RuleOrder.OLDEST_FIRST)
                .toList();
    }

    /** Whether {@code other} means the same for every client. */
    public boolean sameAs(DestinationRules other) {
        return oldestFirst.equals(other.oldestFirst);
    }

    private Optional<DestinationRuleSet> inNamespace(
            String place, String clientNamespace, Map<String, String> clientLabels, String host) {
        HostTable<List<Resource>> hosts = byNamespace.get(place);
        if (hosts == null) {
            return Optional.empty();
        }
        return hosts.covering(host).stream()
                .map(rules -> applicable(rules, clientNamespace, clientLabels))
                .filter(rules -> !rules.isEmpty())
                .findFirst()
                .map(DestinationRuleSet::new);
    }

    /** Rules meant for this very workload are preferred to, and never mixed with, those for everyone. */
    private static List<Resource> applicable(
            List<Resource> rules, String clientNamespace, Map<String, String> clientLabels) {
        List<Resource> selected = new ArrayList<>();
        List<Resource> general = new ArrayList<>();
        LabelSelector chosen = null;
        for (Resource rule : rules) {
            Field spec = Field.spec(rule);
            String owner = rule.key().namespace();
            if (!ExportScope.of(owner, spec.get("exportTo")).visibleFrom(clientNamespace)) {
                continue;
            }
            LabelSelector selector = LabelSelector.ofMatchLabels(spec.get("workloadSelector"));
            if (selector.selectsAll()) {
                general.add(rule);
            } else if (owner.equals(clientNamespace)
                    && selector.matches(clientLabels)
                    && (chosen == null || chosen.equals(selector))) {
                chosen = selector;
                selected.add(rule);
            }
        }
        return selected.isEmpty() ? general : selected;
    }
}
