package io.inmesh.server.service;

import io.inmesh.server.rule.LabelSelector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the workloads a selector means by looking only at those that share its rarest label. */
final class WorkloadSelection {
    private final Map<Key, List<Workload>> byLabel = new HashMap<>();

    private record Key(String namespace, String label, String value) {}

    WorkloadSelection(Collection<Workload> workloads) {
        List<Workload> sorted = new ArrayList<>(workloads);
        sorted.sort(Workload.BY_ID);
        for (Workload workload : sorted) {
            workload.labels()
                    .forEach((label, value) -> byLabel.computeIfAbsent(
                                    new Key(workload.namespace(), label, value), k -> new ArrayList<>())
                            .add(workload));
        }
    }

    /** The workloads of {@code namespace} with all labels of {@code selector}, sorted by id; none if it has no labels. */
    List<Workload> select(String namespace, LabelSelector selector) {
        return selector.labels().entrySet().stream()
                .map(e -> byLabel.getOrDefault(new Key(namespace, e.getKey(), e.getValue()), List.of()))
                .min(Comparator.comparingInt(List::size))
                .map(few ->
                        few.stream().filter(w -> selector.matches(w.labels())).toList())
                .orElse(List.of());
    }
}
