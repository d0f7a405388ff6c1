package io.inmesh.server.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.Keys;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import org.junit.jupiter.api.Test;

class SigningRequestTest {

    @Test
    void strongKeysAreAccepted() throws Exception {
        for (KeyPair key : new KeyPair[] {
            Keys.p256(),
            Keys.ec("secp384r1"),
            Keys.rsa(2048),
            KeyPairGenerator.getInstance("Ed25519").generateKeyPair()
        }) {
            SigningRequest request = SigningRequest.parse(Keys.csr(key));

            assertThat(request.publicKey().getEncoded())
                    .isEqualTo(key.getPublic().getEncoded());
        }
    }

    @Test
    void aKeyWhosePrivateHalfTheSenderDoesNotHoldIsRefused() {
        refused(
                Keys.csr(Keys.p256(), Keys.p256(), "spiffe://inmesh.local/ns/default/sa/reviews"),
                "not signed by the key");
    }

    @Test
    void weakOrUnusualKeysAreRefused() {
        refused(Keys.csr(Keys.rsa(1024)), "1024 bits");
        refused(Keys.csr(Keys.ec("secp521r1")), "P-256 nor P-384");
    }

    @Test
    void whatIsNoRequestIsRefused() {
        refused("", "no PEM block");
        refused("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", "not well-formed");
        refused("x".repeat(20_000), "longer");
    }

    private static void refused(String pem, String why) {
        assertThatThrownBy(() -> SigningRequest.parse(pem))
                .isInstanceOf(SigningRequest.Unacceptable.class)
                .hasMessageContaining(why);
    }
}
