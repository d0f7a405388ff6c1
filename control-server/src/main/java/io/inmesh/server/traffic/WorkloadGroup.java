package io.inmesh.server.traffic;

import java.util.Map;

/**
 * Processes that are alike to every rule: of one namespace and service account, with the same labels.
 *
 * @param namespace their namespace, proven by their certificates
 * @param serviceAccount their service account, proven likewise
 * @param labels their labels, as they say
 */
public record WorkloadGroup(String namespace, String serviceAccount, Map<String, String> labels) {

    /** Copies the labels. */
    public WorkloadGroup {
        labels = Map.copyOf(labels);
    }

    /** {@return what to call them: label {@code app}, with {@code version} if there is one, else the service account} */
    public String name() {
        String app = labels.getOrDefault("app", labels.getOrDefault("app.kubernetes.io/name", serviceAccount));
        String version = labels.getOrDefault("version", labels.getOrDefault("app.kubernetes.io/version", ""));
        return version.isEmpty() ? app : app + "-" + version;
    }
}
