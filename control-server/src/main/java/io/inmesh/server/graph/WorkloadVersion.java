package io.inmesh.server.graph;

import java.util.Map;

/**
 * One version of one workload.
 *
 * @param namespace its namespace
 * @param name its name: label {@code app} or what stands for it
 * @param version its version, {@code latest} if it has no label for that
 */
public record WorkloadVersion(String namespace, String name, String version) {

    /** Nobody: a call that did not get that far. */
    public static final WorkloadVersion NOBODY = new WorkloadVersion("", "", "");

    private static final int LONGEST = 600;

    /** {@return what a process with these labels is a copy of, by the rules of Istio's canonical service} */
    public static WorkloadVersion of(String namespace, String fallback, Map<String, String> labels) {
        String name = labels.getOrDefault(
                "service.istio.io/canonical-name",
                labels.getOrDefault("app.kubernetes.io/name", labels.getOrDefault("app", fallback)));
        String version = labels.getOrDefault(
                "service.istio.io/canonical-revision",
                labels.getOrDefault("app.kubernetes.io/version", labels.getOrDefault("version", "latest")));
        return new WorkloadVersion(namespace, name, version);
    }

    /** {@return what a client says who answered, {@code namespace;name;version} or the name of a host without workload} */
    static WorkloadVersion parse(String text) {
        if (text.length() > LONGEST) {
            return new WorkloadVersion("", Subject.OTHER, "");
        }
        String[] parts = text.split(";", -1);
        return parts.length == 3
                ? new WorkloadVersion(parts[0], parts[1], parts[2])
                : new WorkloadVersion("", text, "");
    }
}
