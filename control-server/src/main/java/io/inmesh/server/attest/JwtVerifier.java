package io.inmesh.server.attest;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.inmesh.server.ca.Attestor;
import io.inmesh.server.jwks.SigningKeys;
import io.inmesh.server.jwks.TokenSignatures;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies signed JSON Web Tokens (RFC 7519): that {@linkplain TokenSignatures a key of the issuer} has signed them, and that their claims
 * hold.
 */
final class JwtVerifier {
    /** Clocks may differ by this much. */
    static final Duration SKEW = Duration.ofSeconds(30);

    private final String issuer;
    private final Set<String> audiences;
    private final SigningKeys keys;
    private final InstantSource clock;

    /**
     * Makes a verifier.
     *
     * @param issuer what {@code iss} has to be, character by character
     * @param audiences of which {@code aud} has to name one
     */
    JwtVerifier(String issuer, Set<String> audiences, SigningKeys keys, InstantSource clock) {
        this.issuer = issuer;
        this.audiences = Set.copyOf(audiences);
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * {@return the claims of a token of this issuer}
     *
     * @throws Attestor.Refused if it proves nothing; the reason says which rule it breaks
     */
    JWTClaimsSet verify(SignedJWT token) throws Attestor.Refused, Attestor.Undecided {
        checkSignature(token);
        try {
            JWTClaimsSet claims = token.getJWTClaimsSet();
            check(claims);
            return claims;
        } catch (ParseException e) {
            throw refused(token, "its claims cannot be read");
        }
    }

    private void checkSignature(SignedJWT token) throws Attestor.Refused, Attestor.Undecided {
        String problem;
        try {
            problem = TokenSignatures.problem(token, keys);
        } catch (SigningKeys.NoKeys e) {
            throw new Attestor.Undecided(String.valueOf(e.getMessage()));
        }
        if (problem != null) {
            throw refused(token, problem);
        }
    }

    private void check(JWTClaimsSet claims) throws Attestor.Refused {
        Instant now = clock.instant();
        require(claims, issuer.equals(claims.getIssuer()), "it is of another issuer");
        require(
                claims,
                claims.getAudience().stream().anyMatch(audiences::contains),
                "it is for audience " + shown(claims.getAudience()) + ", not for " + audiences);
        Date expires = claims.getExpirationTime();
        require(claims, expires != null, "it has no end (exp)");
        require(claims, expires != null && now.isBefore(expires.toInstant().plus(SKEW)), "it has expired");
        require(claims, !after(claims.getNotBeforeTime(), now), "it is not valid yet (nbf)");
        require(claims, !after(claims.getIssueTime(), now), "it was issued in the future (iat)");
        require(claims, claims.getSubject() != null && !claims.getSubject().isBlank(), "it has no subject (sub)");
    }

    private static boolean after(@Nullable Date time, Instant now) {
        return time != null && time.toInstant().isAfter(now.plus(SKEW));
    }

    private static void require(JWTClaimsSet claims, boolean holds, String otherwise) throws Attestor.Refused {
        if (!holds) {
            throw new Attestor.Refused(otherwise, Tokens.facts(claims));
        }
    }

    private Attestor.Refused refused(SignedJWT token, String reason) {
        return new Attestor.Refused(
                reason, Map.of("issuer", issuer, "key", shown(token.getHeader().getKeyID())));
    }

    private static String shown(@Nullable Object value) {
        return Tokens.shortened(String.valueOf(value));
    }
}
