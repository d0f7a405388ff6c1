package io.inmesh.server.rule;

import java.util.Map;

/**
 * Labels that all have to be present with these values. No labels select everything.
 *
 * @param labels key and value pairs, all required
 */
public record LabelSelector(Map<String, String> labels) {
    public LabelSelector {
        labels = Map.copyOf(labels);
    }

    /** Reads a {@code selector} of the form {@code {matchLabels: {…}}}; an absent one selects everything. */
    public static LabelSelector ofMatchLabels(Field selector) {
        return new LabelSelector(selector.get("matchLabels").textMap());
    }

    /** Whether this has no requirement. */
    public boolean selectsAll() {
        return labels.isEmpty();
    }

    /** Whether a workload with {@code candidate} labels is selected. */
    public boolean matches(Map<String, String> candidate) {
        return labels.entrySet().stream().allMatch(e -> e.getValue().equals(candidate.get(e.getKey())));
    }
}
