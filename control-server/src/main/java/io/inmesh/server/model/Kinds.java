package io.inmesh.server.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The kinds this server takes, and those it knows to be none of its business. */
public final class Kinds {

    /**
     * One kind.
     *
     * @param group API group, empty for core
     * @param kind name of the kind
     * @param plural name in paths
     * @param shortNames what people type
     * @param versions accepted versions, the preferred one first
     * @param namespaced whether its resources live in namespaces
     * @param use what becomes of its resources
     */
    public record Kind(
            String group,
            String kind,
            String plural,
            List<String> shortNames,
            List<String> versions,
            boolean namespaced,
            Use use) {

        /** What becomes of resources of a kind. */
        public enum Use {
            /** Stored and obeyed. */
            ENFORCED,
            /** Stored and shown, but without effect here. */
            STORED,
            /** Neither stored nor obeyed: what it is about is done elsewhere. */
            SKIPPED
        }

        /** {@return name in the singular, as in URLs and messages} */
        public String singular() {
            return kind.toLowerCase(Locale.ROOT);
        }

        /** {@return {@code virtualservices.networking.istio.io}, or the bare plural for core kinds} */
        public String qualifiedPlural() {
            return group.isEmpty() ? plural : plural + "." + group;
        }

        /** {@return {@code virtualservice.networking.istio.io/name}, as kubectl prints it} */
        public String reference(String name) {
            return singular() + (group.isEmpty() ? "" : "." + group) + "/" + name;
        }
    }

    private static final List<String> ISTIO = List.of("v1", "v1beta1", "v1alpha3");
    private static final List<String> ISTIO_SECURITY = List.of("v1", "v1beta1");
    private static final List<String> CORE = List.of("v1");

    private static final List<Kind> ALL = List.of(
            new Kind("", "Service", "services", List.of("svc"), CORE, true, Kind.Use.ENFORCED),
            new Kind("", "ServiceAccount", "serviceaccounts", List.of("sa"), CORE, true, Kind.Use.ENFORCED),
            new Kind("", "Namespace", "namespaces", List.of("ns"), CORE, false, Kind.Use.SKIPPED),
            new Kind("", "ConfigMap", "configmaps", List.of("cm"), CORE, true, Kind.Use.SKIPPED),
            new Kind("", "Pod", "pods", List.of("po"), CORE, true, Kind.Use.SKIPPED),
            new Kind("apps", "Deployment", "deployments", List.of("deploy"), CORE, true, Kind.Use.SKIPPED),
            new Kind("apps", "StatefulSet", "statefulsets", List.of("sts"), CORE, true, Kind.Use.SKIPPED),
            new Kind("apps", "DaemonSet", "daemonsets", List.of("ds"), CORE, true, Kind.Use.SKIPPED),
            new Kind(
                    "networking.istio.io",
                    "VirtualService",
                    "virtualservices",
                    List.of("vs"),
                    ISTIO,
                    true,
                    Kind.Use.ENFORCED),
            new Kind(
                    "networking.istio.io",
                    "DestinationRule",
                    "destinationrules",
                    List.of("dr"),
                    ISTIO,
                    true,
                    Kind.Use.ENFORCED),
            new Kind(
                    "networking.istio.io",
                    "ServiceEntry",
                    "serviceentries",
                    List.of("se"),
                    ISTIO,
                    true,
                    Kind.Use.ENFORCED),
            new Kind(
                    "networking.istio.io",
                    "WorkloadEntry",
                    "workloadentries",
                    List.of("we"),
                    ISTIO,
                    true,
                    Kind.Use.ENFORCED),
            new Kind("networking.istio.io", "Gateway", "gateways", List.of("gw"), ISTIO, true, Kind.Use.STORED),
            new Kind("networking.istio.io", "Sidecar", "sidecars", List.of(), ISTIO, true, Kind.Use.STORED),
            new Kind("networking.istio.io", "EnvoyFilter", "envoyfilters", List.of(), ISTIO, true, Kind.Use.STORED),
            new Kind(
                    "security.istio.io",
                    "PeerAuthentication",
                    "peerauthentications",
                    List.of("pa"),
                    ISTIO_SECURITY,
                    true,
                    Kind.Use.ENFORCED),
            new Kind(
                    "security.istio.io",
                    "AuthorizationPolicy",
                    "authorizationpolicies",
                    List.of("ap"),
                    ISTIO_SECURITY,
                    true,
                    Kind.Use.ENFORCED));

    private Kinds() {}

    /** {@return every kind} */
    public static List<Kind> all() {
        return ALL;
    }

    /** {@return the kind of a body's {@code apiVersion} and {@code kind}} */
    public static Optional<Kind> of(String apiVersion, String kind) {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        String version = apiVersion.substring(slash + 1);
        return ALL.stream()
                .filter(k -> k.group().equals(group)
                        && k.kind().equals(kind)
                        && k.versions().contains(version))
                .findFirst();
    }

    /** {@return the kind of a path} */
    public static Optional<Kind> ofPath(String group, String version, String plural) {
        return ALL.stream()
                .filter(k -> k.group().equals(group)
                        && k.plural().equals(plural)
                        && k.versions().contains(version))
                .findFirst();
    }

    /** {@return the kind of a resource} */
    public static Kind of(ResourceKey key) {
        return ALL.stream()
                .filter(k -> k.group().equals(key.group()) && k.kind().equals(key.kind()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("kind " + key.kind() + " is not known"));
    }

    /** {@return the kind people mean by a word: kind, plural, singular or short name, in any case} */
    public static Optional<Kind> ofWord(String word) {
        String wanted = word.toLowerCase(Locale.ROOT);
        return ALL.stream()
                .filter(k -> k.plural().equals(wanted)
                        || k.singular().equals(wanted)
                        || k.qualifiedPlural().equals(wanted)
                        || k.shortNames().contains(wanted))
                .findFirst();
    }

    /** {@return whether a group belongs to Kubernetes itself, so that its other kinds are skipped rather than refused} */
    public static boolean ofKubernetes(String apiVersion) {
        String group = apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
        return group.isEmpty()
                || Set.of("apps", "batch", "autoscaling", "policy", "extensions")
                        .contains(group)
                || group.endsWith(".k8s.io");
    }
}
