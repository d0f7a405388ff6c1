package io.inmesh.server.model;

import io.inmesh.server.model.Kinds.Kind.Use;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

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
     * @param why why they are not enforced; empty if they are
     */
    public record Kind(
            String group,
            String kind,
            String plural,
            List<String> shortNames,
            List<String> versions,
            boolean namespaced,
            Use use,
            String why) {

        /** What becomes of resources of a kind. */
        public enum Use {
            /** Stored and obeyed. */
            ENFORCED,
            /** Stored and shown, but without effect here. */
            STORED,
            /** Neither stored nor obeyed: what it is about is done elsewhere. */
            SKIPPED,
            /** Refused: having it without effect would be dangerous. */
            REFUSED
        }

        /** {@return name in the singular, as in URLs and messages} */
        public String singular() {
            return kind.toLowerCase(Locale.ROOT);
        }

        /** {@return its preferred group and version, such as {@code networking.istio.io/v1}} */
        public String apiVersion() {
            return group.isEmpty() ? versions.get(0) : group + "/" + versions.get(0);
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

    private static final String WORKLOADS = "it is about running workloads, which Inmesh does not do";
    private static final String NO_GRANT_NEEDED = "a route of a Service may lead into any namespace without a grant";
    private static final String NETWORKING = "networking.istio.io";
    private static final String SECURITY = "security.istio.io";
    private static final String INMESH = "inmesh.io";
    private static final String K8S_GATEWAY = "gateway.networking.k8s.io";

    private static final List<String> ISTIO = List.of("v1", "v1beta1", "v1alpha3");
    private static final List<String> ISTIO_SECURITY = List.of("v1", "v1beta1");
    private static final List<String> ISTIO_LATE = List.of("v1", "v1alpha1");
    private static final List<String> STABLE = List.of("v1");
    private static final List<String> ALPHA = List.of("v1alpha1");

    private static final List<Kind> ALL = List.of(
            enforced("", "Service", "services", "svc", STABLE),
            enforced("", "ServiceAccount", "serviceaccounts", "sa", STABLE),
            new Kind(
                    "",
                    "Namespace",
                    "namespaces",
                    List.of("ns"),
                    STABLE,
                    false,
                    Use.SKIPPED,
                    "namespaces need not be made"),
            skipped("", "ConfigMap", "configmaps", "cm"),
            skipped("", "Secret", "secrets", ""),
            skipped("", "Pod", "pods", "po"),
            skipped("", "PersistentVolumeClaim", "persistentvolumeclaims", "pvc"),
            skipped("apps", "Deployment", "deployments", "deploy"),
            skipped("apps", "StatefulSet", "statefulsets", "sts"),
            skipped("apps", "DaemonSet", "daemonsets", "ds"),
            skipped("apps", "ReplicaSet", "replicasets", "rs"),
            enforced(NETWORKING, "VirtualService", "virtualservices", "vs", ISTIO),
            enforced(NETWORKING, "DestinationRule", "destinationrules", "dr", ISTIO),
            enforced(NETWORKING, "ServiceEntry", "serviceentries", "se", ISTIO),
            enforced(NETWORKING, "WorkloadEntry", "workloadentries", "we", ISTIO),
            stored(NETWORKING, "Gateway", "gateways", "gw", ISTIO, "it is about ingress, which Inmesh does not do"),
            stored(NETWORKING, "Sidecar", "sidecars", "", ISTIO, "there are no sidecars to limit"),
            stored(NETWORKING, "EnvoyFilter", "envoyfilters", "", List.of("v1alpha3"), "there is no Envoy to patch"),
            stored(NETWORKING, "WorkloadGroup", "workloadgroups", "wg", ISTIO, "processes register themselves"),
            stored(NETWORKING, "ProxyConfig", "proxyconfigs", "", List.of("v1beta1"), "there are no proxies to set up"),
            enforced(SECURITY, "PeerAuthentication", "peerauthentications", "pa", ISTIO_SECURITY),
            enforced(SECURITY, "AuthorizationPolicy", "authorizationpolicies", "ap", ISTIO_SECURITY),
            enforced(SECURITY, "RequestAuthentication", "requestauthentications", "ra", ISTIO_SECURITY),
            enforced(INMESH, "BackendTrafficPolicy", "backendtrafficpolicies", "btp", ALPHA),
            enforced(INMESH, "InboundTrafficPolicy", "inboundtrafficpolicies", "itp", ALPHA),
            enforced(INMESH, "Rollout", "rollouts", "ro", ALPHA),
            enforced("telemetry.istio.io", "Telemetry", "telemetries", "", ISTIO_LATE),
            enforced(K8S_GATEWAY, "HTTPRoute", "httproutes", "", ISTIO_SECURITY),
            enforced(K8S_GATEWAY, "GRPCRoute", "grpcroutes", "", STABLE),
            stored(
                    K8S_GATEWAY,
                    "ReferenceGrant",
                    "referencegrants",
                    "refgrant",
                    List.of("v1beta1", "v1"),
                    NO_GRANT_NEEDED),
            stored(
                    K8S_GATEWAY,
                    "Gateway",
                    "gateways",
                    "gtw",
                    ISTIO_SECURITY,
                    "it is about ingress, which Inmesh does not do"));

    private static final Map<GroupKind, Kind> BY_NAME = ALL.stream()
            .collect(Collectors.toUnmodifiableMap(
                    known -> new GroupKind(known.group(), known.kind()), Function.identity()));

    /** Kinds of groups we share with Kubernetes that are neither served nor unknown. */
    private static final Map<String, Set<String>> OTHERS = Map.of(
            "",
                    Set.of(
                            "Binding",
                            "Endpoints",
                            "Event",
                            "LimitRange",
                            "Node",
                            "PersistentVolume",
                            "PodTemplate",
                            "ReplicationController",
                            "ResourceQuota"),
            "apps", Set.of("ControllerRevision"));

    private static final Set<String> OTHER_GROUPS = Set.of("batch", "autoscaling", "policy", "extensions");

    /** What no two kinds share. */
    private record GroupKind(String group, String kind) {}

    private Kinds() {}

    private static Kind enforced(String group, String kind, String plural, String shortName, List<String> versions) {
        return new Kind(group, kind, plural, shortNames(shortName), versions, true, Use.ENFORCED, "");
    }

    private static Kind stored(
            String group, String kind, String plural, String shortName, List<String> versions, String why) {
        return new Kind(group, kind, plural, shortNames(shortName), versions, true, Use.STORED, why);
    }

    private static Kind skipped(String group, String kind, String plural, String shortName) {
        return new Kind(group, kind, plural, shortNames(shortName), STABLE, true, Use.SKIPPED, WORKLOADS);
    }

    private static List<String> shortNames(String shortName) {
        return shortName.isEmpty() ? List.of() : List.of(shortName);
    }

    /** {@return every kind} */
    public static List<Kind> all() {
        return ALL;
    }

    /** {@return the kind of a body's {@code apiVersion} and {@code kind}} */
    public static Optional<Kind> of(String apiVersion, String kind) {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        String version = apiVersion.substring(slash + 1);
        return Optional.ofNullable(BY_NAME.get(new GroupKind(group, kind)))
                .filter(known -> known.versions().contains(version));
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
        Kind known = BY_NAME.get(new GroupKind(key.group(), key.kind()));
        if (known == null) {
            throw new IllegalArgumentException("kind " + key.kind() + " is not known");
        }
        return known;
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

    /** {@return whether a kind is Kubernetes' own and not about the mesh, so that it is skipped rather than refused} */
    public static boolean ofKubernetes(String apiVersion, String kind) {
        String group = apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
        if (OTHERS.containsKey(group)) {
            return OTHERS.get(group).contains(kind);
        }
        return OTHER_GROUPS.contains(group) || (group.endsWith(".k8s.io") && !group.equals(K8S_GATEWAY));
    }

    /** {@return what to do about a kind that is not known} */
    public static String hint(String apiVersion, String kind) {
        for (Kind known : ALL) {
            if (known.kind().equals(kind)) {
                return "write apiVersion: " + (known.group().isEmpty() ? "" : known.group() + "/")
                        + known.versions().get(0);
            }
            if (known.kind().equalsIgnoreCase(kind) || known.plural().equalsIgnoreCase(kind)) {
                return "did you mean kind: " + known.kind() + "?";
            }
        }
        return "check the spelling of apiVersion " + apiVersion + " and kind " + kind + "; there are "
                + String.join(
                        ", ",
                        ALL.stream()
                                .filter(k -> k.use() == Use.ENFORCED)
                                .map(Kind::kind)
                                .toList());
    }
}
