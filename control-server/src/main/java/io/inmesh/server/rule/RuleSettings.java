package io.inmesh.server.rule;

import java.util.Set;

/**
 * What rules mean depends on these.
 *
 * @param rootNamespace rules there hold for the whole mesh; Istio's name for it is {@code istio-system}
 * @param clusterDomain the DNS domain behind {@code svc}, {@code cluster.local} by default
 * @param trustDomain the SPIFFE trust domain of the mesh's identities
 * @param deniedIdentities SPIFFE ids that are refused everywhere, before any rule is asked
 * @param issuerKeys with which keys tokens are verified
 */
public record RuleSettings(
        String rootNamespace,
        String clusterDomain,
        String trustDomain,
        Set<String> deniedIdentities,
        IssuerKeys issuerKeys) {

    /** Copies the set. */
    public RuleSettings {
        deniedIdentities = Set.copyOf(deniedIdentities);
    }

    /** Istio's defaults with the given trust domain. */
    public static RuleSettings forTrustDomain(String trustDomain) {
        return new RuleSettings("istio-system", "cluster.local", trustDomain, Set.of(), IssuerKeys.UNKNOWN);
    }

    /** {@return the same settings with other denied identities} */
    public RuleSettings denying(Set<String> identities) {
        return new RuleSettings(rootNamespace, clusterDomain, trustDomain, identities, issuerKeys);
    }

    /** {@return the same settings with other keys of issuers} */
    public RuleSettings knowing(IssuerKeys keys) {
        return new RuleSettings(rootNamespace, clusterDomain, trustDomain, deniedIdentities, keys);
    }

    /** The SPIFFE id of a service account. */
    public String spiffeId(String namespace, String serviceAccount) {
        return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }
}
