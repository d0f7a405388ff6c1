package io.inmesh.server.attest;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.inmesh.server.ca.Attestor;
import io.inmesh.server.ca.WorkloadIdentity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tokens of any OpenID Connect issuer: the first of the operator's rules that a token meets says who its bearer is. */
final class OidcAttestor implements Attestor {
    private final String issuer;
    private final String trustDomain;
    private final JwtVerifier verifier;
    private final UseOnce useOnce;
    private final List<IdentityRule> rules;

    OidcAttestor(String issuer, String trustDomain, JwtVerifier verifier, UseOnce useOnce, List<IdentityRule> rules) {
        this.issuer = issuer;
        this.trustDomain = trustDomain;
        this.verifier = verifier;
        this.useOnce = useOnce;
        this.rules = List.copyOf(rules);
    }

    @Override
    public Optional<Evidence> examine(String bearer) throws Refused, Undecided {
        Optional<SignedJWT> token =
                Tokens.signed(bearer).filter(t -> Tokens.claimedIssuer(t).equals(issuer));
        if (token.isEmpty()) {
            return Optional.empty();
        }
        JWTClaimsSet claims = verifier.verify(token.get());
        IdentityRule.Names names = rules.stream()
                .flatMap(rule -> rule.apply(claims).stream())
                .findFirst()
                .orElseThrow(() -> new Refused("no rule is about its claims", Tokens.facts(claims)));
        Map<String, String> facts = new LinkedHashMap<>(Tokens.facts(claims));
        facts.put("by", "oidc");
        return Optional.of(new Evidence(
                new WorkloadIdentity(trustDomain, names.namespace(), names.serviceAccount()),
                facts,
                useOnce.of(claims)));
    }
}
