package io.inmesh.observe;

import io.inmesh.config.EndpointConfig;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who a process is to telemetry. What is not known is the word {@value #NOT_KNOWN}, as in Istio's metrics.
 *
 * @param name the group of equal processes it belongs to, such as a deployment: {@code reviews-v1}
 * @param namespace its namespace
 * @param app its label {@code app}
 * @param version its label {@code version}
 * @param canonicalService the service it is a part of, by its labels
 * @param canonicalRevision the version of that, by its labels; {@code latest} if they do not say
 * @param cluster the cluster of machines it runs in (not one of endpoints)
 */
public record Workload(
        String name,
        String namespace,
        String app,
        String version,
        String canonicalService,
        String canonicalRevision,
        String cluster) {

    /** What stands for something that is not known. */
    public static final String NOT_KNOWN = "unknown";

    /** A process of which nothing is known. */
    public static final Workload UNKNOWN =
            new Workload(NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN);

    // Istio: name;namespace;canonical service;canonical revision;cluster.
    private static final String SEPARATOR = ";";
    private static final int PARTS = 5;

    /** Checks that nothing is missing. */
    public Workload {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(app, "app");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(canonicalService, "canonicalService");
        Objects.requireNonNull(canonicalRevision, "canonicalRevision");
        Objects.requireNonNull(cluster, "cluster");
    }

    /**
     * {@return the workload with a name and labels}
     *
     * <p>Source: Istio's canonical service ({@code service.istio.io/canonical-name}, {@code app.kubernetes.io/name}, {@code app}, the
     * name) and revision ({@code service.istio.io/canonical-revision}, {@code app.kubernetes.io/version}, {@code version}, {@code
     * latest}).
     */
    public static Workload of(String name, String namespace, Map<String, String> labels) {
        return new Workload(
                orUnknown(name),
                orUnknown(namespace),
                orUnknown(labels.get("app")),
                orUnknown(labels.get("version")),
                first(labels, name, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app"),
                first(labels, "latest", "service.istio.io/canonical-revision", "app.kubernetes.io/version", "version"),
                orUnknown(labels.get("topology.istio.io/cluster")));
    }

    /** {@return the workload behind an endpoint, as far as the registry says} */
    public static Workload of(EndpointConfig endpoint) {
        String[] parts = endpoint.workload().split(SEPARATOR, -1);
        if (parts.length == PARTS) {
            Map<String, String> labels = endpoint.labels();
            return new Workload(
                    orUnknown(parts[0]),
                    orUnknown(parts[1]),
                    orUnknown(labels.get("app")),
                    orUnknown(labels.get("version")),
                    orUnknown(parts[2]),
                    orUnknown(parts[3]),
                    orUnknown(parts[4]));
        }
        return endpoint.workload().isEmpty() && endpoint.labels().isEmpty()
                ? UNKNOWN
                : of(endpoint.workload(), "", endpoint.labels());
    }

    /** {@return what two candidates for one process have in common; the rest is not known} */
    Workload agreeing(Workload other) {
        return equals(other)
                ? this
                : new Workload(
                        same(name, other.name),
                        same(namespace, other.namespace),
                        same(app, other.app),
                        same(version, other.version),
                        same(canonicalService, other.canonicalService),
                        same(canonicalRevision, other.canonicalRevision),
                        same(cluster, other.cluster));
    }

    private static String same(String one, String other) {
        return one.equals(other) ? one : NOT_KNOWN;
    }

    private static String first(Map<String, String> labels, String otherwise, String... names) {
        for (String name : names) {
            String value = labels.get(name);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return orUnknown(otherwise);
    }

    static String orUnknown(@Nullable String value) {
        return value == null || value.isEmpty() ? NOT_KNOWN : value;
    }
}
