package io.inmesh.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of an issuer.
 *
 * <p>The type of a key, never the token, decides which algorithms it may be used with, so that no public key is ever taken for an HMAC
 * secret. Symmetric keys are left out: whoever could verify with one could also forge. Keys that are too weak, meant for something else or
 * of an unknown type are left out as well.
 *
 * <p>Source: RFC 7517, RFC 8725 sections 3.1 to 3.5.
 */
final class KeySet {

    private static final int SHORTEST_RSA_BITS = 2048;
    /** Tokens that name no key are tried with this many, so that one token costs a bounded number of verifications. */
    private static final int MOST_TRIES = 8;

    private static final Set<String> RSA_ALGORITHMS = Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512");
    private static final Map<Curve, Set<String>> CURVE_ALGORITHMS = Map.of(
            Curve.P_256, Set.of("ES256"),
            Curve.P_384, Set.of("ES384"),
            Curve.P_521, Set.of("ES512"));
    private static final Set<String> EDWARDS_ALGORITHMS = Set.of("EdDSA", "Ed25519");

    /** Tells whether a signature is this key's. */
    private interface SignatureTest {
        boolean holds(String algorithm, byte[] signed, Base64URL signature)
                throws JOSEException, GeneralSecurityException;
    }

    private record Key(@Nullable String id, Set<String> algorithms, SignatureTest test) {}

    private final List<Key> keys;

    private KeySet(List<Key> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * {@return the usable keys of a JWK set}
     *
     * @throws IllegalArgumentException if the text is none
     */
    static KeySet parse(String jwks) {
        if (!(StrictJson.object(jwks).get("keys") instanceof List<?> members)) {
            throw new IllegalArgumentException("it has no list \"keys\"");
        }
        List<Key> keys = new ArrayList<>();
        for (Object member : members) {
            if (member instanceof Map<?, ?> map) {
                Key key = key(map);
                if (key != null) {
                    keys.add(key);
                }
            }
        }
        return new KeySet(keys);
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Key key(Map<?, ?> member) {
        try {
            JWK jwk = JWK.parse((Map<String, Object>) member);
            if ((jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE))
                    || (jwk.getKeyOperations() != null
                            && !jwk.getKeyOperations().contains(KeyOperation.VERIFY))) {
                return null;
            }
            Key key = key(jwk);
            if (key == null || jwk.getAlgorithm() == null) {
                return key;
            }
            String only = jwk.getAlgorithm().getName();
            return key.algorithms().contains(only) ? new Key(key.id(), Set.of(only), key.test()) : null;
        } catch (ParseException | JOSEException | GeneralSecurityException | IllegalArgumentException unusable) {
            return null;
        }
    }

    private static @Nullable Key key(JWK jwk) throws JOSEException, GeneralSecurityException {
        if (jwk instanceof RSAKey rsa && rsa.size() >= SHORTEST_RSA_BITS) {
            RSASSAVerifier verifier = new RSASSAVerifier(rsa.toRSAPublicKey());
            return new Key(
                    jwk.getKeyID(),
                    RSA_ALGORITHMS,
                    (alg, signed, signature) ->
                            verifier.verify(new JWSHeader(JWSAlgorithm.parse(alg)), signed, signature));
        }
        if (jwk instanceof ECKey curve) {
            Set<String> algorithms = CURVE_ALGORITHMS.get(curve.getCurve());
            if (algorithms == null) {
                return null;
            }
            ECDSAVerifier verifier = new ECDSAVerifier(curve.toECPublicKey());
            return new Key(
                    jwk.getKeyID(),
                    algorithms,
                    (alg, signed, signature) ->
                            verifier.verify(new JWSHeader(JWSAlgorithm.parse(alg)), signed, signature));
        }
        if (jwk instanceof OctetKeyPair pair && Curve.Ed25519.equals(pair.getCurve())) {
            Ed25519Key key = Ed25519Key.of(pair.getX().decode());
            return new Key(
                    jwk.getKeyID(),
                    EDWARDS_ALGORITHMS,
                    (alg, signed, signature) -> key.verifies(signed, signature.decode()));
        }
        return null;
    }

    /** {@return how many keys can be used} */
    int size() {
        return keys.size();
    }

    /**
     * {@return whether one of the keys made a signature}
     *
     * @param algorithm what the token says it is signed with
     * @param keyId the key the token names, null if it names none; a key without an id may be any
     */
    boolean verifies(String algorithm, @Nullable String keyId, byte[] signed, Base64URL signature) {
        int tries = 0;
        for (Key key : keys) {
            boolean meant = keyId == null || key.id() == null || key.id().equals(keyId);
            if (meant && key.algorithms().contains(algorithm) && tries++ < MOST_TRIES) {
                try {
                    if (key.test().holds(algorithm, signed, signature)) {
                        return true;
                    }
                } catch (JOSEException | GeneralSecurityException malformed) {
                    // A signature that cannot be read is not this key's.
                    continue;
                }
            }
        }
        return false;
    }
}
