package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.SecuredServer;
import io.inmesh.server.fixture.SecuredServer.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is meant to exhaust the server, byte by byte over a socket, and that it goes on for others meanwhile. */
class HostileRequestsTest {

    private static final String RULES = "/apis/networking.istio.io/v1/namespaces/shop/destinationrules";
    private static final String HEALTH = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    private static final int BETWEEN_BYTES_MILLIS = 50;
    private static final int PATIENCE_MILLIS = 120_000;

    @TempDir
    private static Path folder;

    private static SecuredServer server;

    /** Has so little patience that it also ends connections that wait for a next request: for callers with one request each. */
    private static SecuredServer impatient;

    @BeforeAll
    static void serve() throws Exception {
        List<String> bindings = List.of("{token: looker, role: viewer, namespaces: [shop]}");
        server = new SecuredServer(
                Files.createDirectory(folder.resolve("server")), "limits: {connectionsPerAddress: 40}", bindings);
        impatient = new SecuredServer(
                Files.createDirectory(folder.resolve("impatient")),
                "limits: {headTimeout: 1s, bodyTimeout: 1s, answerTimeout: 5s}",
                bindings);
    }

    @AfterAll
    static void stop() {
        server.close();
        impatient.close();
    }

    @Test
    void aHeadThatComesByteByByteIsCutOff() throws Exception {
        assertThat(trickled("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: "))
                .isEmpty();
        assertThat(answerOfTheImpatient(HEALTH)).startsWith("HTTP/1.1 200");
    }

    @Test
    void aBodyThatComesByteByByteIsCutOff() throws Exception {
        trickled(head(impatient, "POST", RULES) + "Content-Length: 100000\r\n\r\n");
        assertThat(answerOfTheImpatient(HEALTH)).startsWith("HTTP/1.1 200");
    }

    @Test
    void whoProvesNothingCannotMakeTheServerWaitForABody() throws Exception {
        String answer = answer("POST /inmesh/v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 1000000\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 401").contains("Connection: close");
    }

    @Test
    void aRefusalOfWhatIsThereAsAWholeLeavesTheConnectionToTheNextRequest() throws Exception {
        String answers =
                answer("POST /inmesh/v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 2\r\n\r\n{}" + HEALTH);

        assertThat(answers).startsWith("HTTP/1.1 401").contains("HTTP/1.1 200");
    }

    @Test
    void aFloodOfHeadersIsRefused() throws Exception {
        StringBuilder flood = new StringBuilder("GET /healthz HTTP/1.1\r\nHost: localhost\r\n");
        for (int i = 0; i < 5000; i++) {
            flood.append("X-Flood-").append(i).append(": 0123456789\r\n");
        }

        String answer = answer(flood.append("\r\n").toString());

        assertThat(answer)
                .startsWith("HTTP/1.1 431")
                .contains("\"kind\":\"Status\"", "nosniff")
                .doesNotContain("Jetty");
    }

    @Test
    void aGiantBodyIsRefusedByItsLength() throws Exception {
        assertThat(answer(head("POST", RULES) + "Content-Length: 99999999999\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
    }

    @Test
    void whoSendsSomewhatTooMuchLearnsThatEvenIfItReadsNothingBeforeAllIsSent() throws Exception {
        String large = "x".repeat(8 << 20);

        // More than what sockets buffer, so that sending it ends only if the server takes it.
        assertThat(answer(head("POST", RULES) + "Connection: close\r\nContent-Length: " + large.length() + "\r\n\r\n"
                        + large))
                .startsWith("HTTP/1.1 413");
        assertThat(answer(
                        head("POST", RULES) + "Expect: 100-continue\r\nContent-Length: " + large.length() + "\r\n\r\n"))
                .as("not asked for")
                .startsWith("HTTP/1.1 413");
    }

    @Test
    void aGiantBodyWithoutLengthIsRefusedOnceItIsTooLong() throws Exception {
        StringBuilder chunk =
                new StringBuilder("10000\r\n").append("x".repeat(0x10000)).append("\r\n");

        String answer = answer(head("POST", RULES) + "Transfer-Encoding: chunked\r\n\r\n"
                + chunk.toString().repeat(17));

        assertThat(answer).startsWith("HTTP/1.1 413");
    }

    @Test
    void aLoginTakesASmallBodyOnly() throws Exception {
        assertThat(server.login("root", "x".repeat(9000)).status()).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                "Content-Length: -1\r\n\r\n{}",
                "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}",
                "Host: localhost\r\nContent-Length: 2\r\n\r\n{}",
                "Content-Length: 2\r\n X-Folded: yes\r\n\r\n{}"
            })
    void whatTwoServersCouldReadDifferentlyIsRefused(String rest) throws Exception {
        assertThat(answer(head("POST", RULES) + rest)).startsWith("HTTP/1.1 400");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/namespaces/shop%2fservices",
                "/api/v1/namespaces/shop/../bank/services",
                "/api/v1/namespaces/shop/%2e%2e/bank/services",
                "/api/v1/namespaces/bank;x=y/services",
                "/api/v1//namespaces/bank/services",
                "/api/v1/namespaces/bank/services%00",
                "/./metrics",
                "/healthz/../metrics",
                "/healthz;/../metrics"
            })
    void aPathCannotSayOneThingToTheTableAndAnotherToTheRoutes(String path) throws Exception {
        String looker = server.token("looker");
        String answer = answer("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + looker
                + "\r\nConnection: close\r\n\r\n");

        assertThat(answer.substring(9, 12)).isIn("400", "403");
    }

    @Test
    void http2IsNotSpoken() throws Exception {
        assertThat(answer(impatient, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).doesNotContain("200 OK");
        assertThat(answerOfTheImpatient(
                        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                                + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void aNameThatIsNotTheServersIsRefusedWhateverElseIsRight() throws Exception {
        assertThat(answer("GET /healthz HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 421");
        assertThat(answer("GET /healthz HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n"))
                .doesNotStartWith("HTTP/1.1 200");
    }

    @Test
    void deepNestingIsRefused() throws Exception {
        int levels = 10_000;
        String yaml = "a: " + "[".repeat(levels) + "]".repeat(levels);
        String json = "{\"a\":".repeat(levels) + "1" + "}".repeat(levels);

        for (String bomb : List.of(yaml, json)) {
            Answer answer = server.post(server.root(), "/inmesh/v1/apply", bomb);
            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.text("/message")).contains("nested");
        }
        assertThat(server.send(server.root(), "PUT", "/inmesh/v1/users/x/password", "[".repeat(5000))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aliasesThatMultiplyAreRefused() throws Exception {
        StringBuilder laughs = new StringBuilder("a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n");
        for (int i = 1; i < 12; i++) {
            String all = ("*a" + (i - 1) + ", ").repeat(9);
            laughs.append("a")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" [")
                    .append(all, 0, all.length() - 2)
                    .append("]\n");
        }

        assertThat(server.post(server.root(), "/inmesh/v1/apply", laughs.toString())
                        .status())
                .isEqualTo(422);
    }

    @Test
    void aPatchThatDoublesItselfIsRefused() throws Exception {
        assertThat(server.post(
                                server.root(),
                                RULES,
                                "{\"kind\":\"DestinationRule\",\"metadata\":{\"name\":\"bomb\"},"
                                        + "\"spec\":{\"host\":\"bomb\"}}")
                        .status())
                .isEqualTo(201);
        List<String> steps = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            steps.add("{\"op\":\"copy\",\"from\":\"/spec\",\"path\":\"/spec/x" + i + "\"}");
        }

        Answer answer = server.answer(HttpRequest.newBuilder(server.uri(RULES + "/bomb"))
                .header("Authorization", "Bearer " + server.root())
                .header("Content-Type", "application/json-patch+json")
                .method("PATCH", BodyPublishers.ofString(steps.toString())));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/message")).contains("larger");
    }

    @Test
    void tooManyResourcesAtOnceAreRefused() throws Exception {
        Answer answer = server.post(server.root(), "/inmesh/v1/apply", "---\na: 1\n".repeat(6000));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/message")).contains("more than 5000 resources");
    }

    @Test
    void anAddressCannotTakeAllConnections() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 60; i++) {
                sockets.add(new Socket("127.0.0.1", server.port()));
            }
            Socket last = sockets.get(sockets.size() - 1);
            last.setSoTimeout(20_000);
            assertThat(answered(last)).isFalse();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        // The server may learn a moment later that they are closed; until then, what comes is refused without an
        // answer.
        String served = answer(HEALTH);
        while (served.isEmpty()) {
            served = answer(HEALTH);
        }
        assertThat(served).startsWith("HTTP/1.1 200");
    }

    @Test
    void aWatchOutlivesTheTimeForHeadsBodiesAndAnswers() throws Exception {
        String all = answerOfTheImpatient(head(impatient, "GET", RULES + "?watch=true&timeoutSeconds=7")
                .replace("Connection: close\r\n", "\r\n"));
        // The last chunk tells that the answer ended by itself.
        assertThat(all).startsWith("HTTP/1.1 200").endsWith("0\r\n\r\n");
    }

    private static String head(String method, String path) {
        return head(server, method, path);
    }

    private static String head(SecuredServer to, String method, String path) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + to.root()
                + "\r\nContent-Type: application/json\r\nConnection: close\r\n";
    }

    /** {@return what is answered before the connection ends} */
    private static String answer(String request) throws IOException {
        return answer(server, request);
    }

    /** {@return what is answered to a request that is sent at once; on a busy machine that may take more time than there is, so again} */
    private static String answerOfTheImpatient(String request) throws IOException {
        String answer = answer(impatient, request);
        while (answer.isEmpty()) {
            answer = answer(impatient, request);
        }
        return answer;
    }

    private static String answer(SecuredServer by, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", by.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                // The server has heard enough.
            }
            return readUntilEnd(socket);
        }
    }

    private static String readUntilEnd(Socket socket) throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            for (int c = socket.getInputStream().read();
                    c >= 0;
                    c = socket.getInputStream().read()) {
                text.append((char) c);
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // Reset after the answer, because not all of the request has been read.
        }
        return text.toString();
    }

    /** Sends a beginning, then a byte every now and then, until the server ends the connection. */
    private static String trickled(String beginning) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", impatient.port())) {
            socket.setSoTimeout(BETWEEN_BYTES_MILLIS);
            OutputStream out = socket.getOutputStream();
            StringBuilder answer = new StringBuilder();
            try {
                out.write(beginning.getBytes(StandardCharsets.US_ASCII));
                while (true) {
                    try {
                        int c = socket.getInputStream().read();
                        if (c < 0) {
                            return answer.toString();
                        }
                        answer.append((char) c);
                    } catch (SocketTimeoutException e) {
                        out.write('x');
                    }
                }
            } catch (IOException e) {
                return answer.toString();
            }
        }
    }

    /** {@return whether a request is answered; it is not on a connection too many} */
    private static boolean answered(Socket socket) {
        try {
            socket.getOutputStream()
                    .write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }
}
