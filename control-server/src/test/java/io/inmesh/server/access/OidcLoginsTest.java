package io.inmesh.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.JWTClaimsSet;
import io.inmesh.server.fetch.BoundedHttp;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.fixture.TestIssuer;
import io.inmesh.server.jwks.SigningKeys;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is logged in by the code flow, and who is not. */
class OidcLoginsTest {

    private static final String BACK = "https://mesh.example.com/inmesh/v1/login/callback";
    private static final String CLIENT = "inmesh-console";

    @TempDir
    private Path folder;

    private final FakeTime time = new FakeTime();
    private final TestIssuer issuer = new TestIssuer();
    private final List<String> verifiers = new ArrayList<>();
    private Sessions sessions;
    private OidcLogins logins;
    private Consumer<JWTClaimsSet.Builder> change = claims -> {};
    private String nonce = "";
    private OidcLogins.Provider provider;

    @BeforeEach
    void open() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys.json"), issuer.keys());
        OidcLogin login = new OidcLogin(
                "Example",
                CLIENT,
                Optional.empty(),
                URI.create("https://issuer.example/authorize?tenant=7"),
                URI.create("https://issuer.example/token"),
                List.of("openid", "groups"),
                new BoundedHttp(null));
        OidcSettings settings = new OidcSettings(
                TestIssuer.NAME,
                CLIENT,
                keys.toUri(),
                Set.of("RS256"),
                "sub",
                "oidc:",
                "groups",
                "oidc:",
                Optional.of(login));
        SecureRandom random = new SecureRandom();
        MemoryTable table = new MemoryTable();
        sessions = new Sessions(
                new Users(List.of(), table, random),
                table.followed(Sessions.TABLE),
                Runnable::run,
                time,
                random,
                new Sessions.Bounds(Duration.ofMinutes(30), Duration.ofHours(12), 100));
        OidcIssuer verified = new OidcIssuer(settings, new SigningKeys(TestIssuer.NAME, settings.keys(), time), time);
        provider = new OidcLogins.Provider(login, verified);
        logins = opened();
    }

    private OidcLogins opened() {
        return new OidcLogins(List.of(provider), this::exchange, sessions, time, new SecureRandom());
    }

    private String exchange(OidcLogin login, String code, String verifier, String redirectUri) throws IOException {
        verifiers.add(verifier);
        assertThat(redirectUri).isEqualTo(BACK);
        if (code.equals("another meanwhile")) {
            OidcLogins.Begun another = begin();
            try {
                finish(query(another.to()).get("state"), another.binding(), code, "");
            } catch (Unauthenticated e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        if (!code.equals("good")) {
            throw new IOException("https://issuer.example/token answers 400, invalid_grant");
        }
        return TestIssuer.sign(issuer.rsa, JWSAlgorithm.RS256, TestIssuer.claims(time.instant(), claims -> {
            claims.audience(CLIENT).subject("ann").claim("nonce", nonce).claim("groups", List.of("shop"));
            change.accept(claims);
        }));
    }

    @Test
    void whoComesBackIsLoggedInWithTheGroupsTheIssuerTold() throws Exception {
        OidcLogins.Begun begun = logins.begin(0, BACK).orElseThrow();
        Map<String, String> query = query(begun.to());
        assertThat(begun.to().toString()).startsWith("https://issuer.example/authorize?tenant=7&response_type=code&");
        assertThat(query)
                .containsEntry("client_id", CLIENT)
                .containsEntry("redirect_uri", BACK)
                .containsEntry("scope", "openid groups")
                .containsEntry("code_challenge_method", "S256");
        nonce = query.get("nonce");

        Logins.Outcome.Welcome welcome = finish(query.get("state"), begun.binding(), "good", TestIssuer.NAME);

        assertThat(welcome.principal()).isEqualTo(Principal.user("oidc:ann", Set.of("oidc:shop"), "oidc"));
        assertThat(sessions.use(welcome.token()).orElseThrow().principal()).isEqualTo(welcome.principal());
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(verifiers.get(0).getBytes(StandardCharsets.US_ASCII));
        assertThat(query)
                .containsEntry(
                        "code_challenge",
                        Base64.getUrlEncoder().withoutPadding().encodeToString(hash));
    }

    @Test
    void aLoginMayEndAtAnotherServerThanItBeganAt() throws Exception {
        OidcLogins.Begun begun = begin();
        logins = opened();

        assertThat(finish(query(begun.to()).get("state"), begun.binding(), "good", "")
                        .principal()
                        .name())
                .isEqualTo("oidc:ann");
    }

    @Test
    void whatGoesWithTheBrowserCannotBeChangedByAnybodyElse() {
        OidcLogins.Begun begun = begin();
        String[] parts = query(begun.to()).get("state").split("\\.");
        String later = String.valueOf(Long.parseLong(parts[1]) + 1);

        for (String state : List.of(
                String.join(".", "1", parts[1], parts[2], parts[3]),
                String.join(".", parts[0], later, parts[2], parts[3]),
                String.join(".", parts[0], parts[1], "other", parts[3]),
                String.join(".", parts[0], parts[1], parts[2], "other"))) {
            refused(state, begun.binding(), "good", "", "another browser");
        }
        for (String state : List.of("", "...", "x.1.a.b", "0.x.a.b", "0.1.a", "1".repeat(100_000))) {
            refused(state, begun.binding(), "good", "", "no such login is under way");
        }
    }

    @Test
    void anAnswerToAnotherAddressThanWasGivenIsRefused() {
        OidcLogins.Begun begun = begin();
        OidcLogins.Answer answer = new OidcLogins.Answer(query(begun.to()).get("state"), "good", "");

        assertThatThrownBy(() -> logins.finish(answer, begun.binding(), "https://other.example/callback"))
                .isInstanceOf(Unauthenticated.class);
        assertThat(verifiers).isEmpty();
    }

    @Test
    void neitherTheStateNorTheNonceTellsTheVerifier() throws Exception {
        OidcLogins.Begun begun = begin();
        Map<String, String> query = query(begun.to());
        finish(query.get("state"), begun.binding(), "good", "");

        assertThat(begun.to().toString()).doesNotContain(verifiers.get(0)).doesNotContain(begun.binding());
        assertThat(verifiers.get(0)).hasSize(43).isNotEqualTo(query.get("nonce"));
    }

    @Test
    void whoHasProvenNothingTakesOnlySomeThreadsWhileTheIssuerThinks() throws Exception {
        OidcLogins.Begun begun = begin();

        refused(query(begun.to()).get("state"), begun.binding(), "another meanwhile", "", "too many logins wait");

        assertThat(verifiers).hasSize(OidcLogins.MOST_EXCHANGES);
        OidcLogins.Begun later = begin();
        assertThat(finish(query(later.to()).get("state"), later.binding(), "good", "")
                        .principal()
                        .name())
                .isEqualTo("oidc:ann");
    }

    @Test
    void aLinkOfSomebodyElseLogsNobodyIn() {
        OidcLogins.Begun attackers = begin();
        OidcLogins.Begun own = begin();

        refused(query(attackers.to()).get("state"), own.binding(), "good", "", "another browser");
        refused(query(own.to()).get("state"), null, "good", "", "another browser");
    }

    @Test
    void anotherIssuersAnswerIsNotTaken() {
        OidcLogins.Begun begun = begin();

        refused(query(begun.to()).get("state"), begun.binding(), "good", "https://other.example", "not of the issuer");
    }

    @Test
    void anIdTokenThatWasNotAskedForIsNotTaken() {
        refusedToken(claims -> claims.claim("nonce", "of-another-login"), "nonce");
        refusedToken(claims -> claims.claim("nonce", null), "nonce");
        refusedToken(claims -> claims.audience("another-client"), "aud");
        refusedToken(claims -> claims.claim("azp", "another-client"), "azp");
        refusedToken(claims -> claims.issuer("https://other.example"), "issuer");
        refusedToken(claims -> claims.subject("system:admin").claim("sub", ""), "names no user");
    }

    private void refusedToken(Consumer<JWTClaimsSet.Builder> wrong, String why) {
        OidcLogins.Begun begun = begin();
        change = wrong;
        refused(query(begun.to()).get("state"), begun.binding(), "good", "", why);
    }

    @Test
    void whatTheIssuerRefusesIsRefused() {
        OidcLogins.Begun declined = begin();
        refused(query(declined.to()).get("state"), declined.binding(), "", "", "Example has not logged anybody in");
        OidcLogins.Begun stale = begin();
        refused(query(stale.to()).get("state"), stale.binding(), "stale", "", "invalid_grant");
    }

    @Test
    void aLoginThatTakesTooLongIsOver() {
        OidcLogins.Begun begun = begin();
        time.advance(OidcLogins.PATIENCE);

        refused(query(begun.to()).get("state"), begun.binding(), "good", "", "took too long");
    }

    @Test
    void thereIsNoIssuerOfAnotherNumber() {
        assertThat(logins.labels()).containsExactly("Example");
        assertThat(logins.begin(1, BACK)).isEmpty();
        assertThat(logins.begin(-1, BACK)).isEmpty();
    }

    private OidcLogins.Begun begin() {
        OidcLogins.Begun begun = logins.begin(0, BACK).orElseThrow();
        nonce = query(begun.to()).get("nonce");
        return begun;
    }

    private Logins.Outcome.Welcome finish(String state, String binding, String code, String issuer)
            throws Unauthenticated {
        return logins.finish(new OidcLogins.Answer(state, code, issuer), binding, BACK);
    }

    private void refused(String state, String binding, String code, String issuer, String why) {
        assertThatThrownBy(() -> finish(state, binding, code, issuer))
                .isInstanceOf(Unauthenticated.class)
                .hasMessageContaining(why);
    }

    private static Map<String, String> query(URI uri) {
        Map<String, String> query = new HashMap<>();
        for (String field : uri.getRawQuery().split("&", -1)) {
            String[] parts = field.split("=", 2);
            query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return query;
    }
}
