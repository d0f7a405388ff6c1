package io.inmesh.server.translate;

import java.util.Map;
import java.util.Set;

/**
 * Whom processes have to trust, and whom not, at one moment.
 *
 * @param roots roots of the own trust domain, PEM
 * @param revocationLists revocation lists of its issuers, PEM; empty if nobody is denied
 * @param denied SPIFFE ids that are refused whatever certificate proves them
 * @param trustDomain the own one
 * @param federated roots of other trust domains by their name, PEM
 */
public record Trust(
        String roots, String revocationLists, Set<String> denied, String trustDomain, Map<String, String> federated) {

    /** Copies the collections. */
    public Trust {
        denied = Set.copyOf(denied);
        federated = Map.copyOf(federated);
    }

    /** The own roots, nobody denied, no other trust domain. */
    public static Trust of(String roots) {
        return new Trust(roots, "", Set.of(), "", Map.of());
    }
}
