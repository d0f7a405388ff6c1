package io.inmesh.server.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.inmesh.server.ca.Attestor;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.TestIssuer;
import io.inmesh.server.jwks.KeyPlace;
import io.inmesh.server.jwks.SigningKeys;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JwtVerifierTest {

    private static final TestIssuer ISSUER = new TestIssuer();
    private static final Instant NOW = FakeTime.START;

    private final FakeTime time = new FakeTime();
    private final JwtVerifier verifier = verifier(ISSUER.keys());

    static Stream<Arguments> goodSignatures() {
        return Stream.of(
                Arguments.of(TestIssuer.sign(ISSUER.rsa, JWSAlgorithm.RS256, TestIssuer.claims(c -> {}))),
                Arguments.of(TestIssuer.sign(ISSUER.rsa, JWSAlgorithm.PS512, TestIssuer.claims(c -> {}))),
                Arguments.of(TestIssuer.sign(ISSUER.ec, JWSAlgorithm.ES256, TestIssuer.claims(c -> {}))),
                Arguments.of(TestIssuer.sign(
                        ISSUER.rsa, new JWSHeader.Builder(JWSAlgorithm.RS256).build(), TestIssuer.claims(c -> {}))));
    }

    @ParameterizedTest
    @MethodSource("goodSignatures")
    void acceptsWhatAKeyOfTheIssuerSigned(String token) throws Exception {
        assertThat(verify(token).getSubject()).isEqualTo("someone");
    }

    static Stream<Arguments> brokenClaims() {
        return Stream.of(
                broken("another issuer", c -> c.issuer("https://issuer.example/")),
                broken("for audience [other], not for [inmesh-ca]", c -> c.audience("other")),
                broken("for audience []", c -> c.audience((String) null)),
                broken("has no end", c -> c.expirationTime(null)),
                broken("has expired", c -> c.expirationTime(Date.from(NOW.minusSeconds(31)))),
                broken("not valid yet", c -> c.notBeforeTime(Date.from(NOW.plusSeconds(31)))),
                broken("issued in the future", c -> c.issueTime(Date.from(NOW.plusSeconds(31)))),
                broken("has no subject", c -> c.subject(null)));
    }

    @ParameterizedTest
    @MethodSource("brokenClaims")
    void refusesAndNamesTheRule(String rule, Consumer<JWTClaimsSet.Builder> change) {
        refused(ISSUER.token(change), rule);
    }

    @Test
    void allowsForClocksThatDifferALittle() throws Exception {
        verify(ISSUER.token(c -> c.expirationTime(Date.from(NOW.minusSeconds(29)))
                .notBeforeTime(Date.from(NOW.plusSeconds(29)))
                .issueTime(Date.from(NOW.plusSeconds(29)))));
    }

    @Test
    void oneAudienceOfSeveralIsEnough() throws Exception {
        verify(ISSUER.token(c -> c.audience(List.of("other", "inmesh-ca"))));
    }

    @Test
    void anUnsignedTokenIsNoToken() {
        assertThat(Tokens.signed(new PlainJWT(TestIssuer.claims(c -> {})).serialize()))
                .isEmpty();
        String good = ISSUER.token(c -> {});
        assertThat(Tokens.signed(good.substring(0, good.lastIndexOf('.')))).isEmpty();
        assertThat(Tokens.signed("x".repeat(100_000))).isEmpty();
    }

    @Test
    void aPublicKeyIsNeverUsedAsASharedSecret() throws Exception {
        SignedJWT forged = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("r1").build(), TestIssuer.claims(c -> {}));
        forged.sign(new MACSigner(ISSUER.rsa.toRSAPublicKey().getEncoded()));

        refused(forged.serialize(), "algorithm HS256 is not for the key");
    }

    @Test
    void aSharedSecretAmongTheKeysIsNotUsed() {
        assertThatThrownBy(() -> check("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"c2VjcmV0\"}]}"))
                .hasMessageContaining("no RSA key of 2048 bits or EC key");
    }

    @Test
    void theAlgorithmHasToBeThatOfTheKey() {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("e1").build();
        refused(TestIssuer.sign(ISSUER.rsa, header, TestIssuer.claims(c -> {})), "is not for the key");
        RSAKey only256 =
                new RSAKey.Builder(ISSUER.rsa).algorithm(JWSAlgorithm.RS256).build();
        assertThatThrownBy(() -> verifier(TestIssuer.set(only256))
                        .verify(SignedJWT.parse(
                                TestIssuer.sign(ISSUER.rsa, JWSAlgorithm.RS512, TestIssuer.claims(c -> {})))))
                .hasMessageContaining("is not for the key");
    }

    @Test
    void aKeyThatTheTokenBringsAlongIsNotLookedAt() {
        RSAKey own = TestIssuer.rsa("r1", 2048);
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("r1")
                .jwk(own.toPublicJWK())
                .build();
        refused(TestIssuer.sign(own, header, TestIssuer.claims(c -> {})), "its signature is wrong");
    }

    @Test
    void aChangedTokenIsRefused() {
        String[] parts = ISSUER.token(c -> {}).split("\\.");
        String other = Base64URL.encode(
                        TestIssuer.claims(c -> c.subject("admin")).toString())
                .toString();
        refused(parts[0] + "." + other + "." + parts[2], "its signature is wrong");
    }

    @Test
    void aKeyTheIssuerDoesNotNameIsRefused() {
        refused(
                TestIssuer.sign(TestIssuer.rsa("r2", 2048), JWSAlgorithm.RS256, TestIssuer.claims(c -> {})),
                "signed by a key that its issuer does not name");
    }

    @Test
    void shortKeysAndKeysForEncryptionAreLeftOut() {
        assertThatThrownBy(() -> check(TestIssuer.set(TestIssuer.rsa("r1", 1024))))
                .hasMessageContaining("2048");
        RSAKey forEncryption = new RSAKey.Builder(ISSUER.rsa)
                .keyUse(com.nimbusds.jose.jwk.KeyUse.ENCRYPTION)
                .build();
        assertThatThrownBy(() -> check(TestIssuer.set(forEncryption))).hasMessageContaining("for signatures");
    }

    @Test
    void extensionsThatHaveToBeUnderstoodAreRefused() {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("r1")
                .criticalParams(Set.of("exp"))
                .build();
        refused(TestIssuer.sign(ISSUER.rsa, header, TestIssuer.claims(c -> {})), "(crit)");
    }

    private static Arguments broken(String rule, Consumer<JWTClaimsSet.Builder> change) {
        return Arguments.of(rule, change);
    }

    @Test
    void ed25519IsVerifiedByBothOfItsNames() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        JwtVerifier ed25519 = verifier(TestIssuer.set(TestIssuer.ed25519("o1", pair)));
        for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519)) {
            JWSHeader header = new JWSHeader.Builder(algorithm).keyID("o1").build();
            String good = TestIssuer.sign(pair, header, TestIssuer.claims(c -> {}));
            assertThat(ed25519.verify(SignedJWT.parse(good)).getSubject()).isEqualTo("someone");
            KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            assertThatThrownBy(() ->
                            ed25519.verify(SignedJWT.parse(TestIssuer.sign(other, header, TestIssuer.claims(c -> {})))))
                    .hasMessageContaining("its signature is wrong");
        }
        assertThatThrownBy(() -> ed25519.verify(SignedJWT.parse(
                        TestIssuer.sign(TestIssuer.ec("o1"), JWSAlgorithm.ES256, TestIssuer.claims(c -> {})))))
                .hasMessageContaining("is not for the key");
    }

    @Test
    void anEd25519KeyThatIsNoneVerifiesNothing() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID("o1").build();
        String keys = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"o1\",\"x\":\"AQ\"}]}";
        assertThatThrownBy(() -> verifier(keys)
                        .verify(SignedJWT.parse(TestIssuer.sign(pair, header, TestIssuer.claims(c -> {})))))
                .hasMessageContaining("its signature is wrong");
    }

    private static void check(String keys) throws IOException {
        KeyPlace place = () -> keys;
        place.check();
    }

    private JwtVerifier verifier(String keys) {
        return new JwtVerifier(
                TestIssuer.NAME, Set.of(TestIssuer.AUDIENCE), new SigningKeys(TestIssuer.NAME, () -> keys, time), time);
    }

    private JWTClaimsSet verify(String token) throws Exception {
        return verifier.verify(SignedJWT.parse(token));
    }

    private void refused(String token, String reason) {
        assertThatThrownBy(() -> verify(token))
                .isInstanceOf(Attestor.Refused.class)
                .hasMessageContaining(reason);
    }
}
