package io.inmesh.server.attest;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.inmesh.server.ca.Attestor;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies signed JSON Web Tokens (RFC 7519, 7515; RFC 8725 says what goes wrong otherwise). The key decides which algorithms it may be
 * used with, never the token; keys in the token's own header are not looked at.
 */
final class JwtVerifier {
    /** Clocks may differ by this much. */
    static final Duration SKEW = Duration.ofSeconds(30);

    private static final Set<JWSAlgorithm> RSA = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512);
    private static final Map<Curve, JWSAlgorithm> EC = Map.of(
            Curve.P_256, JWSAlgorithm.ES256,
            Curve.P_384, JWSAlgorithm.ES384,
            Curve.P_521, JWSAlgorithm.ES512);

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
        if (token.getHeader().getCriticalParams() != null) {
            throw refused(token, "its header asks for extensions that are not known here (crit)");
        }
        JWSAlgorithm algorithm = token.getHeader().getAlgorithm();
        String keyId = token.getHeader().getKeyID();
        List<JWK> candidates = keys.candidates(keyId);
        if (candidates.isEmpty()) {
            throw refused(token, "it is signed by a key that its issuer does not name");
        }
        boolean fits = false;
        for (JWK key : candidates) {
            if (fits(key, algorithm)) {
                fits = true;
                if (signedBy(key, token)) {
                    return;
                }
            }
        }
        throw refused(
                token,
                fits ? "its signature is wrong" : "algorithm " + algorithm + " is not for the key that it names");
    }

    private static boolean fits(JWK key, JWSAlgorithm algorithm) {
        boolean own = key.getAlgorithm() == null || key.getAlgorithm().getName().equals(algorithm.getName());
        if (key instanceof ECKey ec) {
            return own && algorithm.equals(EC.get(ec.getCurve()));
        }
        return own && key instanceof RSAKey && RSA.contains(algorithm);
    }

    private static boolean signedBy(JWK key, SignedJWT token) {
        try {
            JWSVerifier verifier = key instanceof ECKey ec ? new ECDSAVerifier(ec) : new RSASSAVerifier(key.toRSAKey());
            return token.verify(verifier);
        } catch (JOSEException notVerifiable) {
            return false;
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
