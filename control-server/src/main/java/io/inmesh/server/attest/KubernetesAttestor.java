package io.inmesh.server.attest;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.inmesh.server.ca.Attestor;
import io.inmesh.server.ca.WorkloadIdentity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Service-account tokens of a Kubernetes cluster: the namespace and service account of the token are those of the identity. Tokens have
 * to be bound to the mesh's own audience, so that none that was made for another server can be used here.
 */
final class KubernetesAttestor implements Attestor {
    private static final String SUBJECT = "system:serviceaccount:";
    private static final String CLAIM = "kubernetes.io";

    private final String issuer;
    private final String trustDomain;
    private final Judge judge;

    /** Decides about a token of the cluster. */
    @FunctionalInterface
    interface Judge {
        /** {@return the account that a token proves} */
        Account judge(String bearer, SignedJWT token) throws Refused, Undecided;
    }

    /**
     * A service account, proven.
     *
     * @param user {@code system:serviceaccount:<namespace>:<name>}
     * @param use counts a use of the token
     */
    record Account(String user, Use use) {}

    KubernetesAttestor(String issuer, String trustDomain, Judge judge) {
        this.issuer = issuer;
        this.trustDomain = trustDomain;
        this.judge = judge;
    }

    @Override
    public Optional<Evidence> examine(String bearer) throws Refused, Undecided {
        Optional<SignedJWT> token =
                Tokens.signed(bearer).filter(t -> Tokens.claimedIssuer(t).equals(issuer));
        if (token.isEmpty()) {
            return Optional.empty();
        }
        Account account = judge.judge(bearer, token.get());
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("by", "kubernetes");
        facts.put("issuer", issuer);
        facts.put("subject", Tokens.shortened(account.user()));
        return Optional.of(new Evidence(identity(account.user(), facts), facts, account.use()));
    }

    /** {@return the judge that verifies tokens with the cluster's keys} */
    static Judge byKeys(JwtVerifier verifier, UseOnce useOnce) {
        return (bearer, token) -> {
            JWTClaimsSet claims = verifier.verify(token);
            String user = claims.getSubject();
            // Both say whom the token is for; a token whose halves differ is no service-account token.
            if (!user.equals(userOf(claims.getClaim(CLAIM)))) {
                throw new Refused("its kubernetes.io claim does not name its subject", Tokens.facts(claims));
            }
            return new Account(user, useOnce.of(claims));
        };
    }

    private static @Nullable String userOf(@Nullable Object claim) {
        if (claim instanceof Map<?, ?> kubernetes
                && kubernetes.get("namespace") instanceof String namespace
                && kubernetes.get("serviceaccount") instanceof Map<?, ?> account
                && account.get("name") instanceof String name) {
            return SUBJECT + namespace + ":" + name;
        }
        return null;
    }

    private WorkloadIdentity identity(String user, Map<String, String> facts) throws Refused {
        String[] parts =
                user.startsWith(SUBJECT) ? user.substring(SUBJECT.length()).split(":", -1) : new String[0];
        if (parts.length != 2) {
            throw new Refused("its subject is no service account", facts);
        }
        try {
            return new WorkloadIdentity(trustDomain, parts[0], parts[1]);
        } catch (IllegalArgumentException e) {
            throw new Refused(String.valueOf(e.getMessage()), facts);
        }
    }
}
