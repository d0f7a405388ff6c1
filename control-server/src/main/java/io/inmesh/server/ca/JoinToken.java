package io.inmesh.server.ca;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.jspecify.annotations.Nullable;

/**
 * A join token as it is stored: never the secret, only its hash.
 *
 * @param id tells tokens apart; not secret
 * @param secretHash SHA-256 of the secret in hexadecimal digits; a plain hash is enough for 256 random bits
 * @param namespace of the identity it gives
 * @param serviceAccount of the identity it gives
 * @param createdBy who asked for it
 * @param createdEpochSecond when it was made
 * @param expiresEpochSecond from when it is refused
 * @param maxUses how often it may be used; 0 is without limit
 * @param uses how often it has been used
 * @param root id of the root that it pins; null in tokens from before that was noted
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record JoinToken(
        String id,
        String secretHash,
        String namespace,
        String serviceAccount,
        String createdBy,
        long createdEpochSecond,
        long expiresEpochSecond,
        int maxUses,
        int uses,
        @Nullable String root) {

    JoinToken used() {
        return new JoinToken(
                id,
                secretHash,
                namespace,
                serviceAccount,
                createdBy,
                createdEpochSecond,
                expiresEpochSecond,
                maxUses,
                uses + 1,
                root);
    }

    boolean expired(long epochSecond) {
        return epochSecond >= expiresEpochSecond;
    }

    /** Whether it may pin a root. */
    boolean pins(String rootId) {
        return root == null || root.equals(rootId);
    }

    boolean usedUp() {
        return maxUses > 0 && uses >= maxUses;
    }
}
