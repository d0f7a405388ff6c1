package io.inmesh.server.ca;

import java.io.IOException;
import java.io.StringReader;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/**
 * A certificate signing request (PKCS #10, RFC 2986) reduced to the one thing that is believed: a public key whose private half the
 * sender holds. Names and extensions in it are ignored.
 *
 * @param publicKey P-256, P-384, Ed25519, or RSA of 2048 to 8192 bits
 */
record SigningRequest(SubjectPublicKeyInfo publicKey) {
    private static final int MAX_CHARACTERS = 16 * 1024;
    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 8192;
    private static final Set<ASN1ObjectIdentifier> CURVES =
            Set.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp384r1);
    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    /** Says why a request is not signed. The message may be shown to the caller. */
    static final class Unacceptable extends Exception {
        Unacceptable(String message) {
            super(message);
        }
    }

    /**
     * Reads a request and checks that it is signed by the key it presents.
     *
     * @param pem text of at most 16384 characters
     * @throws Unacceptable if it cannot be read, its signature is wrong, or its key is of a kind that is not signed
     */
    static SigningRequest parse(String pem) throws Unacceptable {
        if (pem.length() > MAX_CHARACTERS) {
            throw new Unacceptable("the request is longer than " + MAX_CHARACTERS + " characters");
        }
        PKCS10CertificationRequest request = read(pem);
        SubjectPublicKeyInfo key = request.getSubjectPublicKeyInfo();
        checkKey(key);
        try {
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder()
                    .setProvider(PROVIDER)
                    .build(key))) {
                throw new Unacceptable("the request is not signed by the key it presents");
            }
        } catch (OperatorCreationException | PKCSException e) {
            throw new Unacceptable("the request's signature cannot be verified");
        }
        return new SigningRequest(key);
    }

    private static PKCS10CertificationRequest read(String pem) throws Unacceptable {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            if (parser.readObject() instanceof PKCS10CertificationRequest request) {
                return request;
            }
        } catch (IOException | RuntimeException e) {
            throw new Unacceptable("the request is not well-formed PKCS #10");
        }
        throw new Unacceptable("there is no PEM block CERTIFICATE REQUEST");
    }

    private static void checkKey(SubjectPublicKeyInfo key) throws Unacceptable {
        ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return;
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            if (key.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier curve && CURVES.contains(curve)) {
                return;
            }
            throw new Unacceptable("the key's curve is neither P-256 nor P-384");
        }
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            int bits = rsaBits(key);
            if (bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS) {
                return;
            }
            throw new Unacceptable(
                    "the RSA key has " + bits + " bits instead of " + MIN_RSA_BITS + " to " + MAX_RSA_BITS);
        }
        throw new Unacceptable("the key is neither P-256, P-384, Ed25519 nor RSA");
    }

    private static int rsaBits(SubjectPublicKeyInfo key) throws Unacceptable {
        try {
            return RSAPublicKey.getInstance(key.parsePublicKey()).getModulus().bitLength();
        } catch (IOException | RuntimeException e) {
            throw new Unacceptable("the RSA key is not well-formed");
        }
    }
}
