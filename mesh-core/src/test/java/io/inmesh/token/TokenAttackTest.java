package io.inmesh.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import io.inmesh.config.JwtRuleConfig;
import io.inmesh.config.JwtRuleConfig.Locations;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.TestIssuer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens as attackers write them, and the rules for honest ones beside them. Source: RFC 8725. */
class TokenAttackTest {

    private static final TestIssuer EC = TestIssuer.of("https://shop.example");
    private static final TestIssuer RSA = TestIssuer.rsa("https://shop.example");
    private static final String PAYLOAD = "{\"iss\":\"https://shop.example\",\"sub\":\"admin\"}";

    private final FakeClock clock = new FakeClock();

    @Test
    void honestTokensOfAllKeyTypesAreAccepted() {
        assertThat(refusal(EC.keys(), EC.token("a"))).isNull();
        assertThat(refusal(RSA.keys(), RSA.token("a"))).isNull();
    }

    @Test
    void tokenWithoutSignatureIsRefused() {
        for (String alg : List.of("none", "None", "NONE", "nOnE", "")) {
            String token = encoded("{\"alg\":\"" + alg + "\"}") + "." + encoded(PAYLOAD) + ".";
            assertThat(refusal(EC.keys(), token)).as(alg).isNotNull();
            assertThat(refusal(EC.keys(), token + "AAAA")).as(alg).isNotNull();
        }
    }

    @Test
    void publicKeyIsNoHmacSecret() throws Exception {
        RSAPublicKey key = ((RSAKey) RSA.publicKey()).toRSAPublicKey();
        for (byte[] secret : List.of(key.getEncoded(), RSA.keys().getBytes(StandardCharsets.UTF_8))) {
            JWSObject token = new JWSObject(
                    new JWSHeader.Builder(JWSAlgorithm.HS256)
                            .keyID(RSA.publicKey().getKeyID())
                            .build(),
                    new Payload(PAYLOAD));
            token.sign(new MACSigner(secret));
            assertThat(refusal(RSA.keys(), token.serialize())).contains("no key of the issuer made the signature");
        }
    }

    @Test
    void symmetricKeyOfAnIssuerIsNotUsed() throws JOSEException {
        OctetSequenceKey secret =
                new OctetSequenceKey.Builder(new byte[32]).keyID("s").build();
        JWSObject token = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("s").build(), new Payload(PAYLOAD));
        token.sign(new MACSigner(secret));
        assertThat(refusal(new JWKSet(secret).toString(false), token.serialize()))
                .contains("no key of the issuer is known");
    }

    @Test
    void keyInTheTokenItselfIsNotBelieved() {
        TestIssuer attacker = TestIssuer.of("https://shop.example");
        String token = attacker.sign(attacker.header().jwk(attacker.publicKey()).build(), PAYLOAD);
        assertThat(refusal(EC.keys(), token)).contains("no key of the issuer");
    }

    @Test
    void signatureOfZerosIsRefused() {
        // CVE-2022-21449.
        String[] parts = EC.token("admin").split("\\.", -1);
        String zeros = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
        assertThat(refusal(EC.keys(), parts[0] + "." + parts[1] + "." + zeros)).contains("no key of the issuer");
    }

    @Test
    void changedPayloadIsRefused() {
        String[] parts = EC.token("guest").split("\\.", -1);
        assertThat(refusal(EC.keys(), parts[0] + "." + encoded(PAYLOAD) + "." + parts[2]))
                .contains("no key of the issuer made the signature");
    }

    @Test
    void criticalExtensionsAreRefusedSinceNoneIsKnown() {
        String known = EC.sign(EC.header().criticalParams(Set.of("exp")).build(), PAYLOAD);
        assertThat(refusal(EC.keys(), known)).contains("extensions");
        String raw = encoded("{\"alg\":\"ES256\",\"b64\":false}") + "." + encoded(PAYLOAD) + ".AAAA";
        assertThat(refusal(EC.keys(), raw)).contains("extensions");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"iss\":\"https://shop.example\",\"sub\":\"guest\",\"sub\":\"admin\"}",
                "{\"iss\":\"https://shop.example\",\"sub\":\"guest\",\"\\u0073ub\":\"admin\"}",
                "{\"iss\":\"https://shop.example\",\"a\":{\"r\":1,\"r\":2}}",
                "{\"iss\":\"https://shop.example\"} {}",
                "{\"iss\":\"https://shop.example\",}",
                "{\"iss\":\"https://shop.example\",\"a\":\"\\ud800\"}",
                "{'iss':'https://shop.example'}",
                "[]",
                "null"
            })
    void payloadThatHasTwoReadingsIsRefused(String payload) {
        assertThat(refusal(EC.keys(), EC.sign(EC.header().build(), payload)))
                .contains("payload of the token cannot be read");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"iss\":[\"https://shop.example\"],\"sub\":\"a\"}",
                "{\"sub\":\"a\"}",
                "{\"iss\":\"https://shop.example\",\"sub\":7}",
                "{\"iss\":\"https://shop.example\",\"exp\":\"never\"}",
                "{\"iss\":\"https://shop.example\",\"exp\":null}",
                "{\"iss\":\"https://shop.example/\",\"sub\":\"a\"}"
            })
    void claimsOfAnotherTypeOrIssuerAreRefused(String payload) {
        assertThat(refusal(EC.keys(), EC.sign(EC.header().build(), payload))).isNotNull();
    }

    @Test
    void nestingAndLengthAreBounded() {
        String deep = "{\"iss\":\"https://shop.example\",\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}";
        assertThat(refusal(EC.keys(), EC.sign(EC.header().build(), deep))).contains("nested more than");
        assertThat(refusal(EC.keys(), EC.token("a", Map.of("x", "y".repeat(8000)))))
                .contains("longer than 8192");
        String number = "{\"iss\":\"https://shop.example\",\"exp\":1" + "0".repeat(60) + "}";
        assertThat(refusal(EC.keys(), EC.sign(EC.header().build(), number))).contains("number is too long");
    }

    @Test
    void timesAreComparedWithAMinuteOfSkew() {
        long now = clock.epochMillis() / 1000;
        assertThat(refusal(EC.keys(), EC.token("a", Map.of("exp", now - 60)))).isNull();
        assertThat(refusal(EC.keys(), EC.token("a", Map.of("exp", now - 61)))).contains("has expired");
        assertThat(refusal(EC.keys(), EC.token("a", Map.of("nbf", now + 60)))).isNull();
        assertThat(refusal(EC.keys(), EC.token("a", Map.of("nbf", now + 61)))).contains("not valid yet");
        assertThat(refusal(EC.keys(), EC.token("a", Map.of("exp", now + 0.5)))).isNull();
    }

    @Test
    void audienceMustBeAcceptedIfAnyIsNamed() {
        for (Object audience : List.of("shop", List.of("other", "shop"), "https://shop/", "http://shop")) {
            assertThat(refusal(List.of("shop"), EC.token("a", Map.of("aud", audience))))
                    .isNull();
        }
        assertThat(refusal(List.of("shop"), EC.token("a", Map.of("aud", "shopper"))))
                .contains("another audience");
        assertThat(refusal(List.of("shop"), EC.token("a", Map.of("aud", List.of()))))
                .contains("another audience");
        assertThat(refusal(List.of("shop"), EC.token("a"))).contains("another audience");
        assertThat(refusal(List.of("shop"), EC.token("a", Map.of("aud", List.of(1)))))
                .contains("another audience");
    }

    @Test
    void typeOfTheKeyDecidesWhichAlgorithmsCount() throws GeneralSecurityException {
        String[] parts = RSA.token("a").split("\\.", -1);
        String renamed = encoded("{\"alg\":\"RS512\"}") + "." + parts[1] + "." + parts[2];
        assertThat(refusal(RSA.keys(), renamed)).contains("no key of the issuer made the signature");
        String weak = weakRsaKeys();
        assertThat(KeySet.parse(weak).size())
                .as("a key of 1024 bits is too short")
                .isZero();
    }

    @Test
    void keyForAnotherPurposeIsNotUsed() {
        String keys = EC.keys().replace("{\"kty\"", "{\"use\":\"enc\",\"kty\"");
        assertThat(keys).contains("enc");
        assertThat(refusal(keys, EC.token("a"))).contains("no key of the issuer is known");
        String other = EC.keys().replace("{\"kty\"", "{\"alg\":\"ES384\",\"kty\"");
        assertThat(refusal(other, EC.token("a"))).contains("no key of the issuer is known");
    }

    @Test
    void unknownKeysBesideAGoodOneDoNoHarm() {
        String keys = EC.keys()
                .replace("{\"keys\":[", "{\"keys\":[{\"kty\":\"NEW\",\"kid\":\"x\"},{\"kty\":\"RSA\",\"n\":\"\"},7,");
        assertThat(refusal(keys, EC.token("a"))).isNull();
    }

    @Test
    void tokenThatNamesAnotherKeyIsRefused() {
        String token =
                EC.sign(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("other").build(), PAYLOAD);
        assertThat(refusal(EC.keys(), token)).contains("no key of the issuer made the signature");
        String unnamed = EC.sign(new JWSHeader(JWSAlgorithm.ES256), PAYLOAD);
        assertThat(refusal(EC.keys(), unnamed)).isNull();
    }

    @Test
    void edwardsKeysAreVerifiedByTheJdk() throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        String x = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(java.util.Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
        String keys = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + x + "\"}]}";
        String signed = encoded("{\"alg\":\"EdDSA\"}") + "." + encoded(PAYLOAD);
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(pair.getPrivate());
        signer.update(signed.getBytes(StandardCharsets.US_ASCII));
        String token = signed + "." + Base64URL.encode(signer.sign());
        assertThat(refusal(keys, token)).isNull();
        String changed = encoded("{\"alg\":\"EdDSA\"}") + "." + encoded(PAYLOAD.replace("admin", "other"));
        assertThat(refusal(keys, changed + token.substring(signed.length()))).contains("no key of the issuer");
    }

    @Test
    void issuerWithoutAnyKeyRefusesEveryToken() {
        // CVE-2026-31837: where keys could not be had there is no fallback key, so none that could leak.
        assertThat(refusal("{\"keys\":[]}", EC.token("a"))).contains("no key of the issuer is known");
    }

    private static String weakRsaKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        return new JWKSet(new RSAKey.Builder(
                                (RSAPublicKey) generator.generateKeyPair().getPublic())
                        .build())
                .toString();
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private String refusal(String keys, String token) {
        return refusal(new JwtRuleConfig("https://shop.example", keys), token);
    }

    private String refusal(List<String> audiences, String token) {
        return refusal(
                new JwtRuleConfig(
                        "https://shop.example",
                        audiences,
                        EC.keys(),
                        Locations.DEFAULT,
                        false,
                        "",
                        List.of(),
                        List.of()),
                token);
    }

    private String refusal(JwtRuleConfig rule, String token) {
        return TokenAuthenticator.compile(List.of(rule), null, clock, (field, message, remedy) -> {
                    throw new AssertionError(message);
                })
                .authenticate(FakeCall.get("/").header("authorization", "Bearer " + token))
                .refusal();
    }
}
