package io.inmesh.server.rule;

import io.inmesh.server.model.Resource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All PeerAuthentications, and what they mean for a workload: its own selector's rule, else the namespace's, else the mesh's, else
 * {@link MtlsMode#PERMISSIVE}. In each scope the oldest wins; nothing is merged. A selector in the root namespace is ignored.
 */
public final class PeerAuthentications {
    private final List<Resource> oldestFirst;
    private final String rootNamespace;

    private PeerAuthentications(List<Resource> oldestFirst, String rootNamespace) {
        this.oldestFirst = oldestFirst;
        this.rootNamespace = rootNamespace;
    }

    /**
     * What a workload accepts.
     *
     * @param mode for every port not listed
     * @param byPort for single ports of the workload
     */
    public record Effective(MtlsMode mode, SortedMap<Integer, MtlsMode> byPort) {
        /** The mode of one workload port. */
        public MtlsMode at(int port) {
            return byPort.getOrDefault(port, mode);
        }
    }

    /** Indexes {@code resources} of kind PeerAuthentication. */
    public static PeerAuthentications of(Collection<Resource> resources, RuleSettings settings) {
        return new PeerAuthentications(
                resources.stream().sorted(RuleOrder.OLDEST_FIRST).toList(), settings.rootNamespace());
    }

    /** What a workload in {@code namespace} with {@code labels} accepts. */
    public Effective effective(String namespace, Map<String, String> labels) {
        Field mesh = first(rootNamespace, LabelSelector::selectsAll);
        Field general = namespace.equals(rootNamespace) ? mesh : first(namespace, LabelSelector::selectsAll);
        Field own = namespace.equals(rootNamespace)
                ? general
                : first(namespace, selector -> !selector.selectsAll() && selector.matches(labels));
        MtlsMode mode = MtlsMode.PERMISSIVE;
        mode = MtlsMode.read(mesh.get("mtls").get("mode"), mode);
        mode = MtlsMode.read(general.get("mtls").get("mode"), mode);
        mode = MtlsMode.read(own.get("mtls").get("mode"), mode);
        SortedMap<Integer, MtlsMode> byPort = new TreeMap<>();
        for (Map.Entry<String, Field> port : own.get("portLevelMtls").members().entrySet()) {
            Integer number = portNumber(port.getKey());
            if (number != null) {
                byPort.put(number, MtlsMode.read(port.getValue().get("mode"), mode));
            }
        }
        return new Effective(mode, byPort);
    }

    /** Whether {@code other} means the same for every workload. */
    public boolean sameAs(PeerAuthentications other) {
        return oldestFirst.equals(other.oldestFirst);
    }

    private Field first(String namespace, Predicate<LabelSelector> wanted) {
        Optional<Resource> found = oldestFirst.stream()
                .filter(r -> r.key().namespace().equals(namespace))
                .filter(r ->
                        wanted.test(LabelSelector.ofMatchLabels(Field.spec(r).get("selector"))))
                .findFirst();
        return found.map(Field::spec).orElse(Field.ABSENT);
    }

    private static @Nullable Integer portNumber(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
