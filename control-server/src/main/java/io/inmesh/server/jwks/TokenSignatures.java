package io.inmesh.server.jwks;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Signatures of JSON Web Tokens (RFC 7515; RFC 8725 says what goes wrong otherwise). The key decides which algorithms it may be used with,
 * never the token; keys in the token's own header are not looked at.
 */
public final class TokenSignatures {

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
    /** Names of RFC 8037 and RFC 9864. */
    private static final Set<JWSAlgorithm> ED25519 = Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);

    private static final int ED25519_BYTES = 32;
    /** What stands before the octets of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410). */
    private static final byte[] ED25519_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private TokenSignatures() {}

    /**
     * {@return what is wrong with the signature of a token; null if one of the keys has made it}
     *
     * @throws SigningKeys.NoKeys if no key of the issuer is known
     */
    public static @Nullable String problem(SignedJWT token, SigningKeys keys) throws SigningKeys.NoKeys {
        if (token.getHeader().getCriticalParams() != null) {
            return "its header asks for extensions that are not known here (crit)";
        }
        JWSAlgorithm algorithm = token.getHeader().getAlgorithm();
        List<JWK> candidates = keys.candidates(token.getHeader().getKeyID());
        if (candidates.isEmpty()) {
            return "it is signed by a key that its issuer does not name";
        }
        boolean fits = false;
        for (JWK key : candidates) {
            if (fits(key, algorithm)) {
                fits = true;
                if (signedBy(key, token)) {
                    return null;
                }
            }
        }
        return fits ? "its signature is wrong" : "algorithm " + algorithm + " is not for the key that it names";
    }

    private static boolean fits(JWK key, JWSAlgorithm algorithm) {
        if (key instanceof OctetKeyPair) {
            // Two names of one algorithm, so a key may have either.
            return ED25519.contains(algorithm)
                    && (key.getAlgorithm() == null
                            || ED25519.contains(
                                    JWSAlgorithm.parse(key.getAlgorithm().getName())));
        }
        boolean own = key.getAlgorithm() == null || key.getAlgorithm().getName().equals(algorithm.getName());
        if (key instanceof ECKey ec) {
            return own && algorithm.equals(EC.get(ec.getCurve()));
        }
        return own && key instanceof RSAKey && RSA.contains(algorithm);
    }

    private static boolean signedBy(JWK key, SignedJWT token) {
        try {
            if (key instanceof OctetKeyPair ed25519) {
                return signedBy(ed25519, token);
            }
            JWSVerifier verifier = key instanceof ECKey ec ? new ECDSAVerifier(ec) : new RSASSAVerifier(key.toRSAKey());
            return token.verify(verifier);
        } catch (JOSEException | GeneralSecurityException notVerifiable) {
            return false;
        }
    }

    /** By the JDK, since nimbus needs a further library for it. */
    private static boolean signedBy(OctetKeyPair key, SignedJWT token) throws GeneralSecurityException {
        byte[] octets = key.getDecodedX();
        if (octets.length != ED25519_BYTES) {
            return false;
        }
        byte[] encoded = Arrays.copyOf(ED25519_HEAD, ED25519_HEAD.length + ED25519_BYTES);
        System.arraycopy(octets, 0, encoded, ED25519_HEAD.length, ED25519_BYTES);
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        signature.update(token.getSigningInput());
        return signature.verify(token.getSignature().decode());
    }
}
