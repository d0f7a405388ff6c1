package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.SecuredServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the console is sent to browsers, and to whom. */
class ConsoleTest {

    private static final Pattern SCRIPT = Pattern.compile("src=\"(/console/[^\"]+/app\\.js)\"");

    @TempDir
    private static Path folder;

    private static SecuredServer server;
    private static HttpClient http;
    private static String script;

    @BeforeAll
    static void serve() throws Exception {
        server = new SecuredServer(folder, "", List.of("{token: looker, role: viewer, namespaces: [shop]}"));
        http = HttpClient.newHttpClient();
        Matcher found = SCRIPT.matcher(get("/console/").body());
        assertThat(found.find()).isTrue();
        script = found.group(1);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void thePageAndItsFilesAreForAnybody() throws Exception {
        assertThat(get("/console/").statusCode()).isEqualTo(200);
        assertThat(get(script).statusCode()).isEqualTo(200);
        assertThat(get(script).body()).contains("import");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/console"})
    void otherWaysLeadThere(String path) throws Exception {
        HttpResponse<String> response = get(path);

        assertThat(response.statusCode()).isEqualTo(302);
        assertThat(response.headers().firstValue("Location")).hasValue("/console/");
    }

    @Test
    void thePolicyAllowsNothingButFilesOfThisServer() throws Exception {
        for (String path : List.of("/console/", script)) {
            assertThat(get(path).headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'")
                    .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'")
                    .doesNotContain("unsafe", "http:", "https:", "*");
            assertThat(get(path).headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(get(path).headers().firstValue("X-Frame-Options")).hasValue("DENY");
        }
    }

    /** What is kept for good has the content of all files in its path; the page that names it is asked for again each time. */
    @Test
    void browsersKeepFilesForGoodButAskForThePage() throws Exception {
        assertThat(get("/console/").headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(get(script).headers().firstValue("Cache-Control"))
                .hasValueSatisfying(value -> assertThat(value).contains("immutable", "max-age=31536000"));
        String etag = get("/console/").headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> again =
                send(HttpRequest.newBuilder(server.uri("/console/")).header("If-None-Match", etag));

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    gzip, deflate, br   | true
                    br, gzip;q=0.5      | true
                    GZIP                | true
                    gzip;q=0            | false
                    identity            | false
                    xgzip               | false
                    """)
    void theyAreSentCompressedToThoseWhoCanReadThat(String accepted, boolean compressed) throws Exception {
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(server.uri(script)).header("Accept-Encoding", accepted));

        assertThat(response.headers().firstValue("Content-Encoding").orElse("")).isEqualTo(compressed ? "gzip" : "");
        assertThat(response.headers().firstValue("Vary")).hasValue("Accept-Encoding");
    }

    @ParameterizedTest
    @CsvSource({
        "app.js, text/javascript",
        "css/base.css, text/css",
        "icon.svg, image/svg+xml",
        "lib/LICENCES.txt, text/plain"
    })
    void everyFileSaysWhatItIs(String name, String type) throws Exception {
        HttpResponse<String> response = get(script.replace("app.js", name));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue(type + "; charset=utf-8");
    }

    @Test
    void aHeadIsAnsweredWithoutTheFile() throws Exception {
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(server.uri(script)).method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
    }

    /** Byte by byte, since clients in Java would mend such paths before they send them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/BUILD/../../../pom.xml",
                "/console/BUILD/%2e%2e/%2e%2e/logback.xml",
                "/console/BUILD/..%2f..%2flogback.xml",
                "/console/BUILD/css/..%5c..%5clogback.xml",
                "/console/BUILD//etc/passwd",
                "/console/BUILD/css/",
                "/console/BUILD/app.js/",
                "/console/BUILD/app.js;x=1/..",
                "/console/BUILD/app.js%00.css",
                "/console/BUILD/no-such.js",
                "/console/0000000000000000/app.js",
                "/console/../logback.xml"
            })
    void noPathLeadsAnywhereElse(String path) throws Exception {
        String answer = raw(path.replace("BUILD", script.split("/", -1)[2]));

        assertThat(answer).matches("(?s)HTTP/1.1 40[0134].*").doesNotContain("root:", "<configuration", "<project");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
    void theyCannotBeChanged(String method) throws Exception {
        assertThat(server.send(server.root(), method, "/console/", method.equals("DELETE") ? null : "{}")
                        .status())
                .isEqualTo(405);
    }

    /** Somebody whose session is over, and whose browser goes on sending its cookie, has to get at the login page. */
    @Test
    void aSessionThatIsOverKeepsNobodyFromLoggingIn() throws Exception {
        HttpResponse<String> page = send(
                HttpRequest.newBuilder(server.uri("/console/")).header("Cookie", "inmesh-session=inmesh-session.over"));
        HttpResponse<String> data = send(HttpRequest.newBuilder(server.uri("/inmesh/v1/session"))
                .header("Cookie", "inmesh-session=inmesh-session.over"));
        HttpResponse<String> login = send(HttpRequest.newBuilder(server.uri("/inmesh/v1/login"))
                .header("Cookie", "inmesh-session=inmesh-session.over")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"username\":\"root\",\"password\":\""
                        + SecuredServer.ROOT_PASSWORD + "\",\"cookie\":true}")));

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(data.statusCode()).isEqualTo(401);
        assertThat(data.headers().firstValue("Set-Cookie"))
                .hasValueSatisfying(cookie -> assertThat(cookie).contains("Max-Age=0"));
        assertThat(login.statusCode()).isEqualTo(200);
    }

    /** A link in a wiki opens the page; nothing else of this server can be reached from there, nor can the page be put in a frame. */
    @ParameterizedTest
    @CsvSource({
        "/console/,            navigate, document, 200",
        "/console/,            navigate, iframe,   403",
        "/console/,            no-cors,  script,   403",
        "/inmesh/v1/session,   navigate, document, 403",
        "/metrics,             navigate, document, 403"
    })
    void pagesOfOthersMayOnlyLinkToIt(String path, String mode, String destination, int status) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path))
                .header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", mode)
                .header("Sec-Fetch-Dest", destination);

        assertThat(send(request).statusCode()).isEqualTo(status);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(server.uri(path)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static String raw(String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            try (InputStream in = socket.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }
}
