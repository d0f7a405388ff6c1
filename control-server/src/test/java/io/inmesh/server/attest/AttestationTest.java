package io.inmesh.server.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.JWTClaimsSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.inmesh.server.ca.Attestor;
import io.inmesh.server.ca.Attestor.Evidence;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.fixture.TestIssuer;
import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsException;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attestation as the settings describe it, with an issuer and an API server on real sockets. */
class AttestationTest {

    private static final TestIssuer ISSUER = new TestIssuer();

    @TempDir
    Path folder;

    private final FakeTime time = new FakeTime();
    private final MemoryTable table = new MemoryTable();
    private HttpServer http;
    private volatile String review = "{}";
    private volatile String asked = "";

    @BeforeEach
    void listen() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/keys", exchange -> answer(exchange, 200, ISSUER.keys()));
        http.createContext("/huge", exchange -> answer(exchange, 200, " ".repeat((1 << 20) + 1)));
        http.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", url("/keys"));
            answer(exchange, 302, "");
        });
        http.createContext("/apis/authentication.k8s.io/v1/tokenreviews", exchange -> {
            asked = exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            answer(exchange, 201, review);
        });
        http.start();
    }

    @AfterEach
    void close() {
        http.stop(0);
    }

    @Test
    void aServiceAccountTokenGivesTheIdentityOfItsServiceAccount() throws Exception {
        Evidence evidence = examine(kubernetes("jwksUri: " + url("/keys")), serviceAccount())
                .orElseThrow();

        assertThat(evidence.identity().uri()).isEqualTo("spiffe://inmesh.local/ns/shop/sa/cart");
        assertThat(evidence.facts())
                .containsEntry("by", "kubernetes")
                .containsEntry("subject", "system:serviceaccount:shop:cart");
    }

    @Test
    void aTokenForTheApiServerIsNoTokenForTheMesh() {
        JWTClaimsSet claims = new JWTClaimsSet.Builder(TestIssuer.kubernetes(FakeTime.START, "shop", "cart"))
                .audience("https://kubernetes.default.svc")
                .build();
        refused(
                kubernetes("jwksUri: " + url("/keys")),
                TestIssuer.sign(ISSUER.rsa, JWSAlgorithm.RS256, claims),
                "not for [inmesh-ca]");
    }

    @Test
    void aSubjectThatItsClaimsDoNotConfirmIsRefused() {
        JWTClaimsSet claims = new JWTClaimsSet.Builder(TestIssuer.kubernetes(FakeTime.START, "shop", "cart"))
                .subject("system:serviceaccount:shop:admin")
                .build();
        refused(
                kubernetes("jwksUri: " + url("/keys")),
                TestIssuer.sign(ISSUER.rsa, JWSAlgorithm.RS256, claims),
                "does not name its subject");
    }

    @Test
    void keysMayBeInTheSettingsOrInAFile() throws Exception {
        Files.writeString(folder.resolve("keys.json"), ISSUER.keys());

        assertThat(examine(kubernetes("jwksFile: keys.json"), serviceAccount())).isPresent();
        assertThat(examine(kubernetes("jwks: '" + ISSUER.keys() + "'"), serviceAccount()))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource({"/huge", "/moved", "/absent"})
    void anAnswerThatIsTooLongOrElsewhereIsNone(String path) {
        assertThatThrownBy(() -> examine(kubernetes("jwksUri: " + url(path)), serviceAccount()))
                .isInstanceOf(Attestor.Undecided.class);
    }

    @Test
    void theApiServerDecidesWhereItIsAsked() throws Exception {
        review = """
                {"status": {"authenticated": true, "audiences": ["inmesh-ca"],
                 "user": {"username": "system:serviceaccount:shop:cart"}}}""";

        Evidence evidence = examine(tokenReview(), serviceAccount()).orElseThrow();

        assertThat(evidence.identity().uri()).isEqualTo("spiffe://inmesh.local/ns/shop/sa/cart");
        assertThat(asked).startsWith("Bearer own-token ").contains("\"audiences\":[\"inmesh-ca\"]", serviceAccount());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"status\": {\"authenticated\": false, \"error\": \"expired\"}} | does not accept it: expired",
                "{\"status\": {}} | does not accept it",
                "{} | does not accept it",
                "{\"status\": {\"authenticated\": true, \"user\": {\"username\": \"system:serviceaccount:a:b\"}}}"
                        + " | not for audience inmesh-ca",
                "{\"status\": {\"authenticated\": true, \"audiences\": [\"other\"]}} | not for audience inmesh-ca",
                "{\"status\": {\"authenticated\": true, \"audiences\": [\"inmesh-ca\"],"
                        + " \"user\": {\"username\": \"system:node:n1\"}}} | is no service account",
                "{\"status\": {\"authenticated\": true, \"audiences\": [\"inmesh-ca\"],"
                        + " \"user\": {\"username\": \"system:serviceaccount:a:b:c\"}}} | is no service account",
                "{\"status\": {\"authenticated\": true, \"audiences\": [\"inmesh-ca\"],"
                        + " \"user\": {\"username\": \"system:serviceaccount:a:b/c\"}}} | no valid service account"
            })
    void whatTheApiServerDoesNotVouchForIsRefused(String answer, String reason) {
        review = answer;
        refused(tokenReview(), serviceAccount(), reason);
    }

    @Test
    void anApiServerThatIsAwayDecidesNothing() {
        http.stop(0);
        assertThatThrownBy(() -> examine(tokenReview(), serviceAccount())).isInstanceOf(Attestor.Undecided.class);
    }

    @Test
    void rulesSayWhoseTokenIsWhichIdentity() throws Exception {
        String settings = oidc("""
                rules:
                - {claims: {repository: acme/shop, ref: "refs/heads/main"}, namespace: shop, serviceAccount: deployer}
                - {claims: {repository: "acme/*", team: "*"}, namespace: "${team}", serviceAccount: ci}
                - {claims: {groups: operators}, namespace: tools, serviceAccount: operator}
                """);

        assertThat(identity(settings, "repository", "acme/shop", "ref", "refs/heads/main"))
                .isEqualTo("spiffe://inmesh.local/ns/shop/sa/deployer");
        assertThat(identity(settings, "repository", "acme/cart", "team", "blue"))
                .isEqualTo("spiffe://inmesh.local/ns/blue/sa/ci");
        assertThat(identity(settings, "groups", List.of("users", "operators")))
                .isEqualTo("spiffe://inmesh.local/ns/tools/sa/operator");
    }

    @Test
    void claimsThatAreNoNamesAreNotBentUntilTheyAre() {
        String settings = oidc("""
                rules:
                - {claims: {repository: "acme/*", team: "*"}, namespace: "${team}", serviceAccount: ci}
                """);

        for (String team : List.of("Blue", "blue/../red", "blue ", "blue.red", "", "x".repeat(64), "-blue")) {
            refused(
                    settings,
                    ISSUER.token(c -> c.claim("repository", "acme/cart").claim("team", team)),
                    "no rule is about its claims");
        }
        refused(settings, ISSUER.token(c -> c.claim("repository", "acmes/cart")), "no rule");
        refused(settings, ISSUER.token(c -> c.claim("repository", List.of())), "no rule");
    }

    @Test
    void aTokenThatCanBeUsedOnceIsRefusedTheSecondTimeAlsoAfterARestart() throws Exception {
        String settings = oidc("""
                oneTime: true
                rules: [{claims: {sub: someone}, namespace: shop, serviceAccount: ci}]
                """);
        String token = ISSUER.token(c -> c.jwtID("1"));
        Evidence first = examine(settings, token).orElseThrow();
        Evidence second = examine(settings, token).orElseThrow();

        first.use().count();

        assertThatThrownBy(() -> second.use().count()).hasMessageContaining("has been used before");
        assertThatThrownBy(() -> examine(settings, token).orElseThrow().use().count())
                .hasMessageContaining("has been used before");
        examine(settings, ISSUER.token(c -> c.jwtID("2"))).orElseThrow().use().count();
        refused(settings, ISSUER.token(c -> {}), "needs a name of its own (jti)");
    }

    @Test
    void usedTokensAreForgottenWhenTheyHaveEndedAndNeverBefore() throws Exception {
        SeenTokens seen = new SeenTokens(table, time, 2);
        JWTClaimsSet third = TestIssuer.claims(c -> c.jwtID("3"));
        seen.of(TestIssuer.claims(c -> c.jwtID("1"))).count();
        seen.of(TestIssuer.claims(c -> c.jwtID("2"))).count();

        assertThatThrownBy(() -> seen.of(third).count()).hasMessageContaining("which is all that is remembered");
        time.advance(java.time.Duration.ofSeconds(3600 + 31));
        seen.of(third).count();
    }

    @Test
    void anIssuerThatNobodyKnowsIsRefusedByName() {
        refused("{}", serviceAccount(), "no attestation is configured for its issuer");
    }

    @Test
    void aSecretThatIsNoTokenIsLeftToOthers() throws Exception {
        assertThat(examine("{}", "inmesh.1234.secret.pin")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{kubernetes: {}} | kubernetes.issuer is missing",
                "{kubernetes: {issuer: x}} | kubernetes.jwksUri is missing",
                "{kubernetes: {issuer: x, jwksUri: 'http://issuer.example/keys'}} | has to be https://",
                "{kubernetes: {issuer: x, jwksUri: 'https://u:p@issuer.example/'}} | without user",
                "{kubernetes: {issuer: x, jwksUri: 'file:///etc/passwd'}} | has to be https://",
                "{kubernetes: {issuer: x, jwks: '{}'}} | holds no JWK set",
                "{kubernetes: {issuer: x, jwks: '{}', jwksFile: x}} | cannot stand together",
                "{kubernetes: {issuer: x, tokenReview: {url: 'https://a'}}} | tokenReview.tokenFile is missing",
                "{kubernetes: {issuer: x, oneTime: true, tokenReview: {url: 'https://a'}}} | leave out oneTime",
                "{oidc: [{issuer: x}]} | oidc[0].audiences is missing",
                "{oidc: [{issuer: x, audiences: [a]}]} | oidc[0].rules is missing",
                "{oidc: [{issuer: x, audiences: [a], rules: [{namespace: a, serviceAccount: b}]}]}"
                        + " | everybody who has a token",
                "{oidc: [{issuer: x, audiences: [a], rules: [{claims: {r: '*'}, namespace: a, serviceAccount: b}]}]}"
                        + " | everybody who has a token",
                "{oidc: [{issuer: x, audiences: [a], rules: [{claims: {r: 'a*b'}, namespace: a, serviceAccount: b}]}]}"
                        + " | one * only, at its end",
                "{oidc: [{issuer: x, audiences: [a],"
                        + " rules: [{claims: {r: a}, namespace: 'p-${r}', serviceAccount: b}]}]} | nothing else",
                "{oidc: [{issuer: x, audiences: [a],"
                        + " rules: [{claims: {r: a}, namespace: '${q}', serviceAccount: b}]}]} | that the rule asks about"
            })
    void settingsThatWouldLeaveADoorOpenAreRefused(String settings, String problem) {
        assertThatThrownBy(() -> attestation(settings))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(problem);
    }

    private static String serviceAccount() {
        return TestIssuer.sign(ISSUER.rsa, JWSAlgorithm.RS256, TestIssuer.kubernetes(FakeTime.START, "shop", "cart"));
    }

    private static String kubernetes(String keys) {
        return "{kubernetes: {issuer: '" + TestIssuer.NAME + "', " + keys + "}}";
    }

    private String tokenReview() {
        try {
            Files.writeString(folder.resolve("own"), "own-token\n");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return kubernetes("tokenReview: {url: '" + url("/") + "', tokenFile: own}");
    }

    private static String oidc(String more) {
        return "oidc:\n- issuer: " + TestIssuer.NAME + "\n  audiences: [inmesh-ca]\n  jwks: '" + ISSUER.keys() + "'\n"
                + more.indent(2);
    }

    private String identity(String settings, Object... claims) throws Exception {
        return examine(settings, ISSUER.token(c -> {
                    for (int i = 0; i < claims.length; i += 2) {
                        c.claim((String) claims[i], claims[i + 1]);
                    }
                }))
                .orElseThrow()
                .identity()
                .uri();
    }

    private Optional<Evidence> examine(String settings, String token) throws Exception {
        for (Attestor attestor : attestation(settings).attestors(bearer -> Optional.empty(), table)) {
            Optional<Evidence> evidence = attestor.examine(token);
            if (evidence.isPresent()) {
                return evidence;
            }
        }
        return Optional.empty();
    }

    private void refused(String settings, String token, String reason) {
        assertThatThrownBy(() -> examine(settings, token))
                .isInstanceOf(Attestor.Refused.class)
                .hasMessageContaining(reason);
    }

    private Attestation attestation(String settings) throws IOException {
        Path file = folder.resolve("settings.yaml");
        Files.writeString(file, "attestation:\n" + settings.indent(2));
        Section section = SettingsFile.read(file);
        Attestation attestation = Attestation.read(section.section("attestation"), "inmesh.local", time);
        section.end();
        return attestation;
    }

    private String url(String path) {
        return "http://127.0.0.1:" + http.getAddress().getPort() + path;
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
