package io.inmesh.server.rule;

import java.util.Map;
import java.util.Set;

/**
 * What rules mean depends on these.
 *
 * @param rootNamespace rules there hold for the whole mesh; Istio's name for it is {@code istio-system}
 * @param clusterDomain the DNS domain behind {@code svc}, {@code cluster.local} by default
 * @param trustDomain the SPIFFE trust domain of the mesh's identities
 * @param deniedIdentities SPIFFE ids that are refused everywhere, before any rule is asked
 * @param issuerKeys with which keys tokens are verified
 * @param extensionProviders external authorizers by name
 * @param namedServersOnly whether a process that registered itself serves only services that name its service account
 */
public record RuleSettings(
        String rootNamespace,
        String clusterDomain,
        String trustDomain,
        Set<String> deniedIdentities,
        IssuerKeys issuerKeys,
        Map<String, ExtensionProvider> extensionProviders,
        boolean namedServersOnly) {

    /** Copies the collections. */
    public RuleSettings {
        deniedIdentities = Set.copyOf(deniedIdentities);
        extensionProviders = Map.copyOf(extensionProviders);
    }

    /** Istio's defaults with the given trust domain. */
    public static RuleSettings forTrustDomain(String trustDomain) {
        return new RuleSettings(
                "istio-system", "cluster.local", trustDomain, Set.of(), IssuerKeys.UNKNOWN, Map.of(), false);
    }

    /** {@return the same settings with other denied identities} */
    public RuleSettings denying(Set<String> identities) {
        return new RuleSettings(
                rootNamespace,
                clusterDomain,
                trustDomain,
                identities,
                issuerKeys,
                extensionProviders,
                namedServersOnly);
    }

    /** {@return the same settings with other keys of issuers} */
    public RuleSettings knowing(IssuerKeys keys) {
        return new RuleSettings(
                rootNamespace,
                clusterDomain,
                trustDomain,
                deniedIdentities,
                keys,
                extensionProviders,
                namedServersOnly);
    }

    /** {@return the same settings, with another answer to whom services that name no service account take in} */
    public RuleSettings withNamedServersOnly(boolean only) {
        return new RuleSettings(
                rootNamespace, clusterDomain, trustDomain, deniedIdentities, issuerKeys, extensionProviders, only);
    }

    /** {@return the same settings with other external authorizers, by name} */
    public RuleSettings asking(Map<String, ExtensionProvider> providers) {
        return new RuleSettings(
                rootNamespace, clusterDomain, trustDomain, deniedIdentities, issuerKeys, providers, namedServersOnly);
    }

    /** The SPIFFE id of a service account. */
    public String spiffeId(String namespace, String serviceAccount) {
        return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }
}
