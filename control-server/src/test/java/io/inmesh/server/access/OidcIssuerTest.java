package io.inmesh.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.inmesh.server.fixture.TestIssuer;
import io.inmesh.server.jwks.SigningKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tokens of an OIDC issuer are taken, and whom they name. */
class OidcIssuerTest {

    private static final String ISSUER = "https://issuer.example";
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    @TempDir
    private Path folder;

    private ECKey key;
    private List<OidcIssuer> issuers;

    @BeforeEach
    void publishKeys() throws Exception {
        key = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
        Path jwks = Files.writeString(folder.resolve("jwks.json"), new JWKSet(key.toPublicJWK()).toString());
        issuers = List.of(issuer(jwks, "sub", "oidc:"));
    }

    private static OidcIssuer issuer(Path jwks, String claim, String prefix) {
        OidcSettings settings = new OidcSettings(
                ISSUER, "inmesh", jwks.toUri(), Set.of("ES256"), claim, prefix, "groups", prefix, Optional.empty());
        return new OidcIssuer(settings, new SigningKeys(ISSUER, settings.keys(), () -> NOW), () -> NOW);
    }

    @Test
    void aGoodTokenNamesUserAndGroupsWithTheirPrefix() throws Exception {
        Principal ann = OidcIssuer.verify(issuers, signed(good().build(), key));

        assertThat(ann.name()).isEqualTo("oidc:ann");
        assertThat(ann.groups()).containsExactlyInAnyOrder("oidc:sre", "oidc:system:masters");
        assertThat(ann.kind()).isEqualTo(Principal.Kind.USER);
    }

    @Test
    void withoutPrefixNobodyIsWhatTheServerItselfNames() throws Exception {
        List<OidcIssuer> bare = List.of(issuer(folder.resolve("jwks.json"), "sub", ""));

        assertThat(OidcIssuer.verify(bare, signed(good().build(), key)).groups())
                .containsExactly("sre");
        for (String name : List.of("system:admin", "token:ci", "spiffe://inmesh.local/ns/a/sa/b")) {
            refused(bare, signed(good().subject(name).build(), key), "reserved");
        }
    }

    @Test
    void issuerAudienceAndTimeHaveToBeRight() throws Exception {
        refused(issuers, signed(good().issuer("https://other.example").build(), key), "unknown issuer");
        refused(issuers, signed(good().audience("other").build(), key), "aud");
        refused(issuers, signed(good().audience((String) null).build(), key), "aud");
        refused(issuers, signed(good().expirationTime(at(-31)).build(), key), "Expired");
        refused(issuers, signed(good().expirationTime(null).build(), key), "exp");
        refused(issuers, signed(good().notBeforeTime(at(31)).build(), key), "before");
        refused(issuers, signed(good().subject(null).build(), key), "sub");

        assertThat(OidcIssuer.verify(
                                issuers, signed(good().expirationTime(at(-29)).build(), key))
                        .name())
                .isEqualTo("oidc:ann");
    }

    @Test
    void aTokenWithoutSignatureOrWithAnotherOneIsRefused() throws Exception {
        ECKey other = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
        ECKey unknown = new ECKeyGenerator(Curve.P_256).keyID("two").generate();

        refused(issuers, new PlainJWT(good().build()).serialize(), "no signed JWT");
        refused(issuers, signed(good().build(), other), "refused");
        refused(issuers, signed(good().build(), unknown), "refused");
        String token = signed(good().build(), key);
        refused(issuers, token.substring(0, token.lastIndexOf('.') + 1), "");
        refused(issuers, "not.a.token", "no signed JWT");
    }

    @Test
    void onlyAlgorithmsOfTheSettingsAreTaken() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Path jwks = Files.writeString(folder.resolve("ed25519.json"), TestIssuer.set(TestIssuer.ed25519("o1", pair)));
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID("o1").build();
        String token = TestIssuer.sign(pair, header, good().build());

        refused(List.of(issuer(jwks, "sub", "oidc:")), token, "algorithm EdDSA is not among those of the settings");
        OidcSettings settings = new OidcSettings(
                ISSUER, "inmesh", jwks.toUri(), Set.of("EdDSA"), "sub", "oidc:", "groups", "oidc:", Optional.empty());
        OidcIssuer taking = new OidcIssuer(settings, new SigningKeys(ISSUER, settings.keys(), () -> NOW), () -> NOW);
        assertThat(OidcIssuer.verify(List.of(taking), token).name()).isEqualTo("oidc:ann");
    }

    /** The public key taken for a shared secret: anybody could make such tokens. */
    @Test
    void aPublicKeyIsNoSecret() throws Exception {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build(), good().build());
        jwt.sign(new MACSigner(key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));

        refused(issuers, jwt.serialize(), "refused");
    }

    @Test
    void aTokenThatIsMeantForSomethingElseIsRefused() throws Exception {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .keyID("one")
                        .type(new JOSEObjectType("logout+jwt"))
                        .build(),
                good().build());
        jwt.sign(new ECDSASigner(key));

        refused(issuers, jwt.serialize(), "refused");
    }

    @Test
    void anAddressThatIsNotVerifiedNamesNobody() throws Exception {
        List<OidcIssuer> byMail = List.of(issuer(folder.resolve("jwks.json"), "email", "oidc:"));
        JWTClaimsSet.Builder claims = good().claim("email", "ann@example.com");

        assertThat(OidcIssuer.verify(byMail, signed(claims.build(), key)).name())
                .isEqualTo("oidc:ann@example.com");
        assertThat(OidcIssuer.verify(
                                byMail,
                                signed(claims.claim("email_verified", true).build(), key))
                        .name())
                .isEqualTo("oidc:ann@example.com");
        for (Object no : List.of(false, "false", "true", 1)) {
            refused(byMail, signed(claims.claim("email_verified", no).build(), key), "verified");
        }
    }

    private static JWTClaimsSet.Builder good() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience("inmesh")
                .subject("ann")
                .claim("groups", List.of("sre", "system:masters"))
                .expirationTime(at(60));
    }

    private static Date at(int seconds) {
        return Date.from(NOW.plusSeconds(seconds));
    }

    private static String signed(JWTClaimsSet claims, ECKey by) throws Exception {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(by.getKeyID()).build(), claims);
        jwt.sign(new ECDSASigner(by));
        return jwt.serialize();
    }

    private static void refused(List<OidcIssuer> issuers, String token, String why) {
        assertThatThrownBy(() -> OidcIssuer.verify(issuers, token))
                .isInstanceOf(Unauthenticated.class)
                .hasMessageContaining(why);
    }
}
