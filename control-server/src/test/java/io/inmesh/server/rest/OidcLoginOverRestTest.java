package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.inmesh.server.fixture.Pause;
import io.inmesh.server.fixture.SecuredServer;
import io.inmesh.server.fixture.SecuredServer.Answer;
import io.inmesh.server.fixture.TestIssuer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A browser's way to a session by an issuer: a real server, and an issuer's token endpoint on a socket of its own. */
class OidcLoginOverRestTest {

    private static final String CLIENT = "inmesh-console";

    @TempDir
    private Path folder;

    private final TestIssuer issuer = new TestIssuer();
    private HttpServer endpoint;
    private SecuredServer server;
    private volatile String nonce = "";
    private volatile Map<String, String> asked = Map.of();
    private volatile String authorization = "";

    @BeforeEach
    void start() throws Exception {
        endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        endpoint.createContext("/token", this::token);
        endpoint.start();
        Path keys = Files.writeString(folder.resolve("keys.json"), issuer.keys());
        Path secret = Files.writeString(folder.resolve("client-secret"), "s3cret&\n");
        String there = "http://127.0.0.1:" + endpoint.getAddress().getPort();
        server = new SecuredServer(
                folder,
                "oidc: [{issuer: '" + TestIssuer.NAME + "', audience: inmesh, jwks: '" + keys
                        + "', groupsClaim: groups, login: {clientId: " + CLIENT + ", clientSecretFile: '" + secret
                        + "', label: Example, authorizationEndpoint: 'https://issuer.example/authorize', tokenEndpoint: '"
                        + there + "/token', scopes: [groups]}}]",
                List.of("{group: 'oidc:shop', role: viewer, namespaces: [shop]}"));
    }

    @AfterEach
    void stop() {
        server.close();
        endpoint.stop(0);
    }

    private void token(HttpExchange exchange) throws IOException {
        asked = form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        authorization = exchange.getRequestHeaders().getFirst("Authorization");
        boolean good = "good".equals(asked.get("code"));
        String body = good
                ? "{\"access_token\": \"x\", \"id_token\": \""
                        + TestIssuer.sign(
                                issuer.rsa,
                                JWSAlgorithm.RS256,
                                TestIssuer.claims(
                                        Instant.now(),
                                        claims -> claims.audience(CLIENT)
                                                .subject("ann")
                                                .claim("nonce", nonce)
                                                .claim("groups", List.of("shop"))))
                        + "\"}"
                : "{\"error\": \"invalid_grant\"}";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(good ? 200 : 400, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void whoLogsInAtTheIssuerUsesTheConsoleWithTheRolesOfItsGroups() throws Exception {
        assertThat(server.get(null, "/inmesh/v1/login").body().path("oidc").toString())
                .isEqualTo("[\"Example\"]");
        Answer away = server.get(null, "/inmesh/v1/login/oidc?by=0");
        Map<String, String> query = form(URI.create(location(away)).getRawQuery());
        nonce = query.get("nonce");
        String binding = cookie(away, "inmesh-login");

        Answer back = callback(binding, "code=good&state=" + query.get("state"));

        assertThat(back.status()).isEqualTo(303);
        assertThat(location(back)).isEqualTo("/console/");
        assertThat(authorization)
                .isEqualTo("Basic "
                        + Base64.getEncoder()
                                .encodeToString((CLIENT + ":s3cret%26").getBytes(StandardCharsets.US_ASCII)));
        assertThat(asked)
                .containsEntry(
                        "redirect_uri", server.uri("/inmesh/v1/login/callback").toString())
                .containsKey("code_verifier");
        String session = cookie(back, "inmesh-session");
        Answer who = server.answer(
                HttpRequest.newBuilder(server.uri("/inmesh/v1/session")).header("Cookie", session));
        assertThat(who.text("/name")).isEqualTo("oidc:ann");
        assertThat(who.text("/proof")).isEqualTo("oidc");
        assertThat(who.text("/roles/shop")).isEqualTo("viewer");
        assertThat(who.text("/csrf")).isNotEmpty();
        assertThat(server.answer(HttpRequest.newBuilder(server.uri("/inmesh/v1/services?namespace=shop"))
                                .header("Cookie", session))
                        .status())
                .isEqualTo(200);
        assertThat(server.answer(HttpRequest.newBuilder(server.uri("/inmesh/v1/services"))
                                .header("Cookie", session))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void whatIsRefusedLeadsBackToTheLoginAndIntoTheAuditLog() throws Exception {
        Answer away = server.get(null, "/inmesh/v1/login/oidc?by=0");
        String state = form(URI.create(location(away)).getRawQuery()).get("state");

        Answer back = callback(cookie(away, "inmesh-login"), "code=stale&state=" + state);

        assertThat(location(back)).isEqualTo("/console/?login=refused");
        assertThat(back.headers().allValues("Set-Cookie")).noneMatch(cookie -> cookie.startsWith("inmesh-session"));
        // Nobody waits for the log when a login is refused, or attackers could make all wait.
        while (!server.get(server.root(), "/inmesh/v1/audit?event=login-refused")
                .body()
                .toString()
                .contains("invalid_grant")) {
            Pause.aMoment();
        }
    }

    @Test
    void aBrowserComesBackFromTheIssuersSiteButNoPageAsksForTheSessionFromThere() throws Exception {
        assertThat(fromElsewhere("/inmesh/v1/login/callback?state=x", "navigate", "document")
                        .status())
                .isEqualTo(303);
        assertThat(fromElsewhere("/inmesh/v1/login/callback?state=x", "cors", "empty")
                        .status())
                .isEqualTo(403);
        assertThat(fromElsewhere("/inmesh/v1/session", "navigate", "document").status())
                .isEqualTo(403);
    }

    private Answer fromElsewhere(String path, String mode, String destination) throws Exception {
        return server.answer(HttpRequest.newBuilder(server.uri(path))
                .header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", mode)
                .header("Sec-Fetch-Dest", destination));
    }

    private Answer callback(String binding, String query) throws Exception {
        return server.answer(HttpRequest.newBuilder(server.uri("/inmesh/v1/login/callback?" + query))
                .header("Cookie", binding)
                .header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", "navigate")
                .header("Sec-Fetch-Dest", "document"));
    }

    private static String location(Answer answer) {
        return answer.headers().firstValue("Location").orElseThrow();
    }

    /** {@return {@code name=value} as a browser sends it back} */
    private static String cookie(Answer answer, String name) {
        String set = answer.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith(name + "=") && !cookie.startsWith(name + "=;"))
                .findFirst()
                .orElseThrow();
        assertThat(set).contains("; HttpOnly", "; Secure", "; SameSite=");
        return set.substring(0, set.indexOf(';'));
    }

    private static Map<String, String> form(String text) {
        Map<String, String> form = new HashMap<>();
        for (String field : text.split("&", -1)) {
            String[] parts = field.split("=", 2);
            form.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return form;
    }
}
