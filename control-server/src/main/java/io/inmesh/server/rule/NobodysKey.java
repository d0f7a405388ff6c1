package io.inmesh.server.rule;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Base64;

/**
 * A public key to which nobody has the private one, this process included: a random point of P-256, not a multiple that somebody computed. Where
 * an issuer's keys could not be had it stands for them, since Envoy refuses a whole listener over a set without keys. Every process makes
 * its own, so there is no constant in it that could turn out to be known (CVE-2026-31837).
 */
final class NobodysKey {

    private static final int COORDINATE_BYTES = 32;
    private static final BigInteger THREE = BigInteger.valueOf(3);

    private NobodysKey() {}

    /** {@return a JWK set of a new key} */
    static String jwks(SecureRandom random) {
        ECParameterSpec curve = p256();
        BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
        while (true) {
            BigInteger x = new BigInteger(p.bitLength(), random);
            BigInteger square = x.modPow(THREE, p)
                    .add(curve.getCurve().getA().multiply(x))
                    .add(curve.getCurve().getB())
                    .mod(p);
            // A square root, if there is one, since p mod 4 is 3. Half of all x have one.
            BigInteger y = square.modPow(p.add(BigInteger.ONE).shiftRight(2), p);
            if (x.compareTo(p) < 0 && y.multiply(y).mod(p).equals(square)) {
                return "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"nobodys\",\"alg\":\"ES256\",\"x\":\""
                        + coordinate(x) + "\",\"y\":\"" + coordinate(y) + "\"}]}";
            }
        }
    }

    private static ECParameterSpec p256() {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec("secp256r1"));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform since 7 has P-256", e);
        }
    }

    private static String coordinate(BigInteger value) {
        byte[] bytes = value.toByteArray();
        byte[] fixed = new byte[COORDINATE_BYTES];
        int length = Math.min(bytes.length, COORDINATE_BYTES);
        System.arraycopy(bytes, bytes.length - length, fixed, COORDINATE_BYTES - length, length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(fixed);
    }
}
