package io.inmesh.testkit;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.util.LinkedHashMap;
import java.util.Map;

/** An issuer of JSON Web Tokens with a key of its own, for tests. */
public final class TestIssuer {

    private final String name;
    private final JWK key;
    private final JWSAlgorithm algorithm;
    private final JWSSigner signer;

    private TestIssuer(String name, JWK key, JWSAlgorithm algorithm, JWSSigner signer) {
        this.name = name;
        this.key = key;
        this.algorithm = algorithm;
        this.signer = signer;
    }

    /** {@return an issuer that signs with ES256} */
    public static TestIssuer of(String name) {
        try {
            ECKey key = new ECKeyGenerator(Curve.P_256).keyID(name + "-key").generate();
            return new TestIssuer(name, key, JWSAlgorithm.ES256, new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return an issuer that signs with RS256} */
    public static TestIssuer rsa(String name) {
        try {
            RSAKey key = new RSAKeyGenerator(2048).keyID(name + "-key").generate();
            return new TestIssuer(name, key, JWSAlgorithm.RS256, new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return what it calls itself in {@code iss}} */
    public String name() {
        return name;
    }

    /** {@return its public keys as a JWK set} */
    public String keys() {
        return new JWKSet(key.toPublicJWK()).toString();
    }

    /** {@return its public key} */
    public JWK publicKey() {
        return key.toPublicJWK();
    }

    /** {@return a token about somebody, without times or audience} */
    public String token(String subject) {
        return token(subject, Map.of());
    }

    /** {@return a token about somebody with further claims, which may replace {@code iss} and {@code sub}} */
    public String token(String subject, Map<String, Object> claims) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("iss", name);
        all.put("sub", subject);
        all.putAll(claims);
        return sign(new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), new Payload(all).toString());
    }

    /** {@return a token with a header and a payload as they are written} */
    public String sign(JWSHeader header, String payload) {
        try {
            JWSObject token = new JWSObject(header, new Payload(payload));
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return the header of its tokens} */
    public JWSHeader.Builder header() {
        return new JWSHeader.Builder(algorithm).keyID(key.getKeyID());
    }
}
