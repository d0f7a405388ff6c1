package io.inmesh.server.attest;

import com.nimbusds.jwt.SignedJWT;
import io.inmesh.server.ca.Attestor;
import java.util.Map;
import java.util.Optional;

/** Refuses signed tokens that nobody before knew, with a reason that says whose they claim to be. */
final class UnknownIssuer implements Attestor {

    @Override
    public Optional<Evidence> examine(String bearer) throws Refused {
        Optional<SignedJWT> token = Tokens.signed(bearer);
        if (token.isEmpty()) {
            return Optional.empty();
        }
        String issuer = Tokens.shortened(Tokens.claimedIssuer(token.get()));
        throw new Refused("no attestation is configured for its issuer", Map.of("issuer", issuer));
    }
}
