package io.inmesh.explain;

import io.inmesh.balance.Candidate;
import io.inmesh.cluster.Cluster;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.route.CallKey;

/**
 * Says where a call with a key goes in a cluster that hashes. The key itself may be a secret, such as a session: its source is named, and a
 * digest too short to tell it from.
 */
final class KeyExplainer {

    private KeyExplainer() {}

    static String explain(Cluster cluster, CallKey key) {
        if (key.source() == null) {
            return "none, so a random endpoint is taken";
        }
        if (key.cookie() != null) {
            return key.source() + ", which a new cookie is made for, so a random endpoint is taken";
        }
        String found = key.source() + " (" + key.digest() + ")";
        Endpoint owner = cluster.owner(key.hash());
        Endpoint taken = cluster.pick(null, key.hash());
        if (owner == null || taken == null) {
            return found + ", which no endpoint can take";
        }
        return owner == taken
                ? found + " belongs to " + owner
                : found + " belongs to " + owner + ", which " + reason(cluster, owner) + ", so " + taken + " is taken";
    }

    private static String reason(Cluster cluster, Endpoint owner) {
        return cluster.explainPick(null).candidates().stream()
                .filter(candidate -> candidate.endpoint() == owner)
                .map(Candidate::standing)
                .filter(standing -> !standing.mayBePicked())
                .map(Candidate.Standing::words)
                .findFirst()
                .orElse("has its part of the calls in flight");
    }
}
