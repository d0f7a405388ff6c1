package io.inmesh.client.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Signing requests, read by another implementation of PKCS#10 than the one that wrote them. */
final class SigningRequestTest {

    // A signature has integers of changing length, so one request proves little about the encoding.
    @RepeatedTest(20)
    void isSignedByTheKeyItIsFor() throws Exception {
        SigningRequest request = SigningRequest.create();
        PKCS10CertificationRequest read = read(request);
        assertThat(read.isSignatureValid(new JcaContentVerifierProviderBuilder()
                        .setProvider(new BouncyCastleProvider())
                        .build(read.getSubjectPublicKeyInfo())))
                .isTrue();
        assertThat(new JcaPEMKeyConverter().getPublicKey(read.getSubjectPublicKeyInfo()))
                .isEqualTo(request.keys().getPublic());
    }

    @Test
    void isForAP256KeyWithEcdsaAndSha256() throws Exception {
        SigningRequest request = SigningRequest.create();
        PKCS10CertificationRequest read = read(request);
        assertThat(read.getSignatureAlgorithm().getAlgorithm()).isEqualTo(X9ObjectIdentifiers.ecdsa_with_SHA256);
        assertThat(read.getSubjectPublicKeyInfo().getAlgorithm().getAlgorithm())
                .isEqualTo(X9ObjectIdentifiers.id_ecPublicKey);
        assertThat(read.getSubjectPublicKeyInfo().getAlgorithm().getParameters())
                .isEqualTo(X9ObjectIdentifiers.prime256v1);
        assertThat(((ECPublicKey) request.keys().getPublic())
                        .getParams()
                        .getOrder()
                        .bitLength())
                .isEqualTo(256);
    }

    @Test
    void asksForNoName() throws Exception {
        PKCS10CertificationRequest read = read(SigningRequest.create());
        assertThat(read.getSubject().getRDNs()).isEmpty();
        assertThat(read.getAttributes()).isEmpty();
    }

    @Test
    void holdsAndSaysNothingOfThePrivateKey() {
        SigningRequest request = SigningRequest.create();
        String key =
                Base64.getEncoder().encodeToString(request.keys().getPrivate().getEncoded());
        assertThat(request.toString()).isEqualTo("SigningRequest[P-256]");
        // The end of the encoded key is the secret number itself.
        assertThat(request.pem().replace("\n", "")).doesNotContain(key.substring(key.length() - 30));
    }

    @Test
    void everyRequestIsForAKeyOfItsOwn() {
        assertThat(SigningRequest.create().keys().getPublic())
                .isNotEqualTo(SigningRequest.create().keys().getPublic());
    }

    private static PKCS10CertificationRequest read(SigningRequest request) throws Exception {
        try (PEMParser parser = new PEMParser(new StringReader(request.pem()))) {
            return (PKCS10CertificationRequest) parser.readObject();
        }
    }
}
