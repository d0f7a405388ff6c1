package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Pause;
import io.inmesh.server.fixture.SecuredServer;
import io.inmesh.server.fixture.SecuredServer.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way from credentials on a command line to a session in a browser: a real server, and requests as browsers send them. */
class LoginLinkOverRestTest {

    private static final String LINKS = "/inmesh/v1/login/links";
    private static final String LOGIN = "/inmesh/v1/login";
    private static final String PAGE = "/console/login";

    @TempDir
    private static Path folder;

    private static SecuredServer server;

    @BeforeAll
    static void serve() throws Exception {
        server = new SecuredServer(folder, "", List.of("{token: looker, role: viewer, namespaces: [shop]}"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aLinkIsASessionWithTheRightsOfWhoAskedForIt() throws Exception {
        Answer made = server.post(server.token("looker"), LINKS, "{}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.body().path("expiresInSeconds").asLong()).isEqualTo(60);

        Answer in = redeem(secret(made));

        assertThat(in.status()).isEqualTo(200);
        assertThat(in.body()).as("no token for scripts").isEmpty();
        Answer who = server.answer(
                HttpRequest.newBuilder(server.uri("/inmesh/v1/session")).header("Cookie", cookie(in)));
        assertThat(who.text("/name")).isEqualTo("token:looker");
        assertThat(who.text("/proof")).isEqualTo("link");
        assertThat(who.body().path("roles").toString()).isEqualTo("{\"shop\":\"viewer\"}");
        assertThat(who.text("/csrf")).isNotEmpty();
    }

    @Test
    void aChangeByTheSessionTakesItsCsrfValue() throws Exception {
        Answer in = redeem(secret(server.post(server.root(), LINKS, "{}")));

        Answer without = server.answerAlone(HttpRequest.newBuilder(server.uri("/inmesh/v1/tokens"))
                .header("Cookie", cookie(in))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"name\":\"x\"}")));

        assertThat(without.status()).isEqualTo(403);
        assertThat(without.text("/message")).contains("X-Inmesh-CSRF");
    }

    @Test
    void aSecondUseIsRefusedAndInTheAuditLog() throws Exception {
        String secret = secret(server.post(server.root(), LINKS, "{}"));
        redeem(secret);

        Answer again = redeem(secret);

        assertThat(again.status()).isEqualTo(401);
        assertThat(again.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(audit("login-refused", "has been used"))
                .contains("(by a link)")
                .doesNotContain(secret);
        assertThat(audit("login-link", "\"root\"")).doesNotContain(secret);
    }

    @Test
    void lookingAtTheLinkUsesNothingUp() throws Exception {
        Answer made = server.post(server.root(), LINKS, "{}");
        for (String method : List.of("HEAD", "GET")) {
            Answer looked =
                    server.answer(HttpRequest.newBuilder(server.uri(PAGE)).method(method, BodyPublishers.noBody()));
            assertThat(looked.status()).isEqualTo(200);
            assertThat(looked.headers().allValues("Set-Cookie")).isEmpty();
        }

        assertThat(redeem(secret(made)).status()).isEqualTo(200);
    }

    /** The page leads to one place, whatever stands in the link; and what the link holds is in the fragment, which nobody sends. */
    @Test
    void theAnswerIsAPathOfThisServerWithTheSecretInItsFragment() throws Exception {
        Answer made = server.answer(HttpRequest.newBuilder(server.uri(LINKS))
                .header("Authorization", "Bearer " + server.root())
                .header("Content-Type", "application/json")
                .header("X-Forwarded-Host", "evil.example")
                .POST(BodyPublishers.ofString("{\"to\":\"//evil.example\"}")));

        assertThat(made.text("/path")).matches(PAGE + "#[A-Za-z0-9_-]{43}");
    }

    @Test
    void aLinkOnAnotherSiteLogsNobodyIn() throws Exception {
        Answer followed = server.answer(HttpRequest.newBuilder(server.uri(PAGE))
                .header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", "navigate")
                .header("Sec-Fetch-Dest", "document"));

        assertThat(followed.status()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
    void aFormOfAnotherPageLogsNobodyIn(String type) throws Exception {
        String secret = secret(server.post(server.root(), LINKS, "{}"));

        Answer posted = server.answerAlone(HttpRequest.newBuilder(server.uri(LOGIN))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString("{\"link\":\"" + secret + "\"}")));

        assertThat(posted.status()).isEqualTo(415);
        assertThat(redeem(secret).status()).isEqualTo(200);
    }

    @Test
    void aBrowserGetsNoLinkOfItsOwn() throws Exception {
        Answer in = redeem(secret(server.post(server.root(), LINKS, "{}")));
        Answer who = server.answer(
                HttpRequest.newBuilder(server.uri("/inmesh/v1/session")).header("Cookie", cookie(in)));

        Answer further = server.answerAlone(HttpRequest.newBuilder(server.uri(LINKS))
                .header("Cookie", cookie(in))
                .header("X-Inmesh-CSRF", who.text("/csrf"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));

        assertThat(further.status()).isEqualTo(422);
        assertThat(further.text("/message")).contains("meshctl dashboard");
    }

    private static Answer redeem(String secret) throws Exception {
        return server.answer(HttpRequest.newBuilder(server.uri(LOGIN))
                .header("Content-Type", "application/json")
                .header("Sec-Fetch-Site", "same-origin")
                .POST(BodyPublishers.ofString("{\"link\":\"" + secret + "\"}")));
    }

    private static String secret(Answer made) {
        String path = made.text("/path");
        return path.substring(path.indexOf('#') + 1);
    }

    private static String cookie(Answer answer) {
        String set = answer.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(set).contains("; HttpOnly", "; Secure", "; SameSite=Strict");
        return set.substring(0, set.indexOf(';'));
    }

    /** {@return the entries of an event, once one of them says something: nobody waits for the log when a login is refused} */
    private static String audit(String event, String something) throws Exception {
        while (true) {
            String entries = server.get(server.root(), "/inmesh/v1/audit?event=" + event)
                    .body()
                    .toString();
            if (entries.contains(something)) {
                return entries;
            }
            Pause.aMoment();
        }
    }
}
