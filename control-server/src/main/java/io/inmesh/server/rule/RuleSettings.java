package io.inmesh.server.rule;

/**
 * What rules mean depends on these.
 *
 * @param rootNamespace rules there hold for the whole mesh; Istio's name for it is {@code istio-system}
 * @param clusterDomain the DNS domain behind {@code svc}, {@code cluster.local} by default
 * @param trustDomain the SPIFFE trust domain of the mesh's identities
 */
public record RuleSettings(String rootNamespace, String clusterDomain, String trustDomain) {

    /** Istio's defaults with the given trust domain. */
    public static RuleSettings forTrustDomain(String trustDomain) {
        return new RuleSettings("istio-system", "cluster.local", trustDomain);
    }

    /** The SPIFFE id of a service account. */
    public String spiffeId(String namespace, String serviceAccount) {
        return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }
}
