package io.inmesh.server.semantic;

import io.inmesh.server.validate.Problem.Severity;

/** Every semantic problem: its stable code, whether it refuses the resource, and what to do about it. */
public enum Check {
    /** A field Inmesh accepts but does not act on. */
    NO_EFFECT("IM0001", Severity.WARNING, "Remove the field, or do not rely on it."),
    /** A duration, number, percentage or name outside of what it may be. */
    BAD_VALUE("IM0002", Severity.ERROR, "Correct the value."),
    /** Two fields that cannot both be set. */
    EXCLUSIVE("IM0003", Severity.ERROR, "Keep only one of them."),
    /** A field that is needed is missing. */
    REQUIRED("IM0004", Severity.ERROR, "Set the field."),
    /** A regular expression RE2 cannot read. */
    BAD_REGEX("IM0005", Severity.ERROR, "Write the expression in RE2 syntax (no look-around, no back-references)."),
    /** The same name twice in one resource. */
    DUPLICATE("IM0006", Severity.ERROR, "Keep each only once."),
    /** Makes connections anyone could read or alter. */
    INSECURE("IM0007", Severity.ERROR, "Name the server's CA in caCertificates; Inmesh never skips verification."),

    /** Several destinations whose weights add up to zero. */
    WEIGHTS_ZERO("IM0101", Severity.ERROR, "Give at least one destination a weight above zero."),
    /** A route to a subset that no DestinationRule for its host defines, though there is one. */
    UNKNOWN_SUBSET(
            "IM0102", Severity.ERROR, "Use a subset that is defined, or define this one in the DestinationRule."),
    /** A route to a subset of a host without any DestinationRule. */
    SUBSET_WITHOUT_RULE("IM0103", Severity.WARNING, "Apply a DestinationRule that defines the subset."),
    /** A host that is no service of the mesh. */
    UNKNOWN_HOST("IM0104", Severity.WARNING, "Check the name and namespace, or apply the Service or ServiceEntry."),
    /** A port that the service does not have. */
    UNKNOWN_PORT("IM0105", Severity.WARNING, "Use a port of the service."),
    /** Two VirtualServices for one host. */
    HOST_CONFLICT("IM0106", Severity.WARNING, "Put all routes of a host into one VirtualService."),
    /** The star alone as a host inside the mesh. */
    WILDCARD_HOST("IM0107", Severity.ERROR, "Name a host, or a domain as in *.example.com."),
    /** A route behind one that matches everything. */
    UNREACHABLE("IM0108", Severity.WARNING, "Move the rule before the one that matches everything, or remove it."),
    /** A fault without percentage injects nothing. */
    FAULT_NEVER("IM0109", Severity.WARNING, "Set percentage.value."),
    /** A rule that is about ingress only. */
    GATEWAY_ONLY("IM0110", Severity.WARNING, "Add mesh to gateways if calls inside the mesh are meant too."),
    /** A call whose time is over before its retries are. */
    TIMEOUT_TOO_SHORT("IM0112", Severity.WARNING, "Raise timeout, or make fewer or shorter attempts."),
    /** A delegate that cannot be used. */
    BAD_DELEGATE("IM0111", Severity.WARNING, "Apply a VirtualService of that name without hosts that is visible here."),

    /** Several DestinationRules for one host in one namespace. */
    RULES_MERGED("IM0201", Severity.WARNING, "Put everything about a host into one DestinationRule."),
    /** Two DestinationRules for one host in one namespace define one subset. */
    SUBSET_CONFLICT("IM0203", Severity.WARNING, "Define each subset only once, or give it another name."),
    /** Routes lead to a subset this rule does not define any more. */
    SUBSET_IN_USE("IM0202", Severity.WARNING, "Keep the subset, or change the routes first."),

    /** Two resources define one service. */
    SERVICE_CONFLICT("IM0301", Severity.WARNING, "Define each host only once."),
    /** A kind of service Inmesh does not offer. */
    UNSUPPORTED_SERVICE(
            "IM0302",
            Severity.WARNING,
            "Use a Service with a selector, or a ServiceEntry of whole names with resolution STATIC or DNS."),
    /** A port that is not HTTP or gRPC. */
    OPAQUE_PORT(
            "IM0303",
            Severity.WARNING,
            "Nothing to do if callers are no HTTP clients; else name the port http-… or grpc-…."),

    /** A workload with a host name, which only some services can take in. */
    NAMED_WORKLOAD(
            "IM0304", Severity.WARNING, "Write the IP address, or select it by a ServiceEntry with resolution DNS."),

    /** An action that cannot be enforced and would leave open what it is meant to close. */
    UNENFORCEABLE_ACTION("IM0401", Severity.ERROR, "Use ALLOW or DENY."),
    /** Two CUSTOM policies that may select one workload and ask two authorizers. */
    SEVERAL_PROVIDERS("IM0409", Severity.WARNING, "Have one provider for each workload."),
    /** A CUSTOM policy that refers to nobody. */
    UNKNOWN_PROVIDER("IM0408", Severity.ERROR, "Name a provider of the settings file, or add this one there."),
    /** A condition about filters that no client of ours can evaluate. */
    UNENFORCEABLE_CONDITION("IM0402", Severity.WARNING, "Use principals, namespaces or request attributes instead."),
    /** A policy that does nothing: a dry run of what cannot be tried out. */
    NOT_ENFORCED("IM0403", Severity.WARNING, "Remove the dry-run annotation to put it in force."),
    /** A rule that stock gRPC cannot evaluate. */
    UNENFORCEABLE_BY_GRPC(
            "IM0404", Severity.WARNING, "Serve the workload with an Inmesh library, or use another condition."),
    /** A value that no caller can have, so that what it is part of never matches. */
    NEVER_MATCHES(
            "IM0405",
            Severity.WARNING,
            "Write <trust domain>/ns/<namespace>/sa/<service account>, without spiffe://, as in inmesh.local/ns/default/sa/reviews."),
    /** An issuer whose tokens are all refused, since no key of it can be had. */
    NO_KEYS(
            "IM0406",
            Severity.WARNING,
            "Write the keys into jwks, or add the address to jwks.allow in the server's settings; until then every token of the rule is refused."),
    /** A condition about tokens where no tokens are verified. */
    NO_TOKENS("IM0407", Severity.WARNING, "Apply a RequestAuthentication that selects the same workloads."),
    /** A condition about clients where nobody is believed about them. */
    NO_FORWARDERS(
            "IM0408",
            Severity.WARNING,
            "Name whom to believe in forwarders of an InboundTrafficPolicy for these workloads; if they are called directly, use ipBlocks or source.ip, which mean the same there."),
    /** A selector in the root namespace that Istio ignores. */
    SELECTOR_IGNORED("IM0501", Severity.WARNING, "Put the policy into the namespace of the workload."),
    /** Two policies of one kind for one target, of which only the oldest is obeyed. */
    POLICY_CONFLICT("IM0601", Severity.WARNING, "Keep one policy per target and namespace."),
    /** A policy of ours says something else than an Istio rule for the same thing, and wins. */
    POLICY_WINS("IM0602", Severity.WARNING, "Say it in one of the two only."),
    /** Consistent hashing without anything to hash. */
    HASH_WITHOUT_KEY("IM0603", Severity.WARNING, "Add hashOn, or consistentHash in a DestinationRule of the host."),

    /** A rollout without a route to shift. */
    ROLLOUT_WAITS("IM0604", Severity.WARNING, "Apply the route, leading to both versions, or name it in target.route."),
    /** A rollout of a route that it may not change. */
    ROLLOUT_KEPT_ELSEWHERE(
            "IM0605", Severity.ERROR, "Remove the route from the watched folder and apply it with meshctl or kubectl."),

    /** A parent of a route, or a port of it, that does not exist. */
    UNKNOWN_PARENT("IM0701", Severity.WARNING, "Check name, namespace, port and sectionName, or apply the Service."),
    /** A parent that is none of the mesh's business. */
    PARENT_NOT_SERVED(
            "IM0702",
            Severity.WARNING,
            "Add a parentRef with group \"\" and kind Service if calls in the mesh are meant."),
    /** A backend that does not exist, or that the route may not lead to. */
    UNRESOLVED_BACKEND("IM0703", Severity.WARNING, "Check kind, name, namespace and port, or apply the Service."),
    /** A filter that nobody here can carry out. */
    UNSUPPORTED_FILTER("IM0704", Severity.WARNING, "Remove the filter; until then the rule answers with an error."),
    /** Two kinds of routes for one service port. */
    ROUTE_CONFLICT("IM0705", Severity.WARNING, "Keep one kind of route for each port of a service.");

    private final String code;
    private final Severity severity;
    private final String remedy;

    Check(String code, Severity severity, String remedy) {
        this.code = code;
        this.severity = severity;
        this.remedy = remedy;
    }

    /** Its stable code. */
    public String code() {
        return code;
    }

    /** Whether it refuses the resource. */
    public Severity severity() {
        return severity;
    }

    /** What to do about it. */
    public String remedy() {
        return remedy;
    }
}
