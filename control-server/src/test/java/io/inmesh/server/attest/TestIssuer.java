package io.inmesh.server.attest;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.inmesh.server.fixture.FakeTime;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Signs tokens as a cluster or a login service would, or as an attacker. */
final class TestIssuer {
    static final String NAME = "https://issuer.example";
    static final String AUDIENCE = "inmesh-ca";

    final RSAKey rsa = rsa("r1", 2048);
    final ECKey ec = ec("e1");

    static RSAKey rsa(String keyId, int bits) {
        try {
            return new RSAKeyGenerator(bits, true).keyID(keyId).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static ECKey ec(String keyId) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(keyId).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The public keys, as the issuer publishes them. */
    String keys() {
        return set(rsa, ec);
    }

    static String set(JWK... keys) {
        return new JWKSet(List.of(keys)).toPublicJWKSet().toString();
    }

    /** A good token, changed. */
    String token(Consumer<JWTClaimsSet.Builder> change) {
        return sign(rsa, JWSAlgorithm.RS256, claims(change));
    }

    static JWTClaimsSet claims(Consumer<JWTClaimsSet.Builder> change) {
        return claims(FakeTime.START, change);
    }

    static JWTClaimsSet claims(Instant now, Consumer<JWTClaimsSet.Builder> change) {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(NAME)
                .audience(AUDIENCE)
                .subject("someone")
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(3600)));
        change.accept(claims);
        return claims.build();
    }

    /** A token of a service account, as Kubernetes makes them. */
    static JWTClaimsSet kubernetes(Instant now, String namespace, String account) {
        return claims(
                now,
                claims -> claims.subject("system:serviceaccount:" + namespace + ":" + account)
                        .jwtID("id-" + account)
                        .claim(
                                "kubernetes.io",
                                Map.of(
                                        "namespace",
                                        namespace,
                                        "serviceaccount",
                                        Map.of("name", account, "uid", "u1"))));
    }

    static String sign(JWK key, JWSAlgorithm algorithm, JWTClaimsSet claims) {
        return sign(key, new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims);
    }

    static String sign(JWK key, JWSHeader header, JWTClaimsSet claims) {
        try {
            JWSSigner signer = key instanceof ECKey ec ? new ECDSASigner(ec) : new RSASSASigner(key.toRSAKey(), true);
            SignedJWT token = new SignedJWT(header, claims);
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
