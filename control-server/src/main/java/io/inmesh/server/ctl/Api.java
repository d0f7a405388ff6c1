package io.inmesh.server.ctl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** The REST interface of a control server, as the command line sees it. */
final class Api {

    static final ObjectMapper JSON = new ObjectMapper();

    private final Target target;
    private final String server;
    private final HttpClient http;
    private final Progress progress;

    /** As {@link #Api(Target, Progress)}, for those who say themselves what they wait for. */
    Api(Target target) throws Failure {
        this(target, Progress.NONE);
    }

    /**
     * The interface of one server.
     *
     * @param progress is told of answers that are waited for
     */
    Api(Target target, Progress progress) throws Failure {
        this.target = target;
        this.progress = progress;
        this.server = target.server();
        SSLContext tls = target.tls();
        this.http = tls == null ? Shared.CLIENT : client().sslContext(tls).build();
    }

    private static HttpClient.Builder client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5));
    }

    /** A client cannot be closed before Java 21, so that commands of one process would hold a connection each, as many as a server takes. */
    private static final class Shared {
        static final HttpClient CLIENT = client().build();
    }

    /** {@return where to say what else is waited for} */
    Progress progress() {
        return progress;
    }

    /** {@return the server it is} */
    Target target() {
        return target;
    }

    /** {@return the same server, without a token} */
    Api anonymous() throws Failure {
        return new Api(new Target(server, target.caFile(), null, target.certificate(), target.key()), progress);
    }

    /**
     * An answer.
     *
     * @param status HTTP status
     * @param body parsed body
     */
    record Answer(int status, JsonNode body) {
        boolean ok() {
            return status < 300;
        }

        /** {@return whether the server does not let this caller do it} */
        boolean denied() {
            return status == 401 || status == 403;
        }

        /** {@return what went wrong, in words} */
        String message() {
            return body.path("message").asText("the server answered " + status);
        }

        /**
         * {@return the body}
         *
         * @throws Failure if the server refused
         */
        JsonNode orFail() throws Failure {
            if (!ok()) {
                throw failure();
            }
            return body;
        }

        /** {@return a refusal as a failure} */
        Failure failure() {
            if (status == 401) {
                return new Failure(
                        ExitCode.NOT_AUTHORIZED,
                        "the server does not accept what it was shown, or was shown nothing: log in with meshctl login,"
                                + " or give --token-file or --client-certificate");
            }
            return new Failure(denied() ? ExitCode.NOT_AUTHORIZED : ExitCode.FINDINGS, message());
        }
    }

    Answer get(String path) throws Failure {
        return send(HttpRequest.newBuilder(uri(path)).GET());
    }

    Answer delete(String path) throws Failure {
        return send(HttpRequest.newBuilder(uri(path)).DELETE());
    }

    Answer post(String path, String contentType, String body) throws Failure {
        return send(HttpRequest.newBuilder(uri(path))
                .header("Content-Type", contentType)
                .POST(BodyPublishers.ofString(body)));
    }

    /**
     * Sends a question whose answer comes line by line.
     *
     * @param lines is given each line, a JSON object, as soon as it is there
     */
    void stream(String path, String body, Consumer<JsonNode> lines) throws Failure, IOException {
        stream(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)),
                lines);
    }

    /** As {@link #stream(String, String, Consumer)}, for something that is only read. */
    void stream(String path, Consumer<JsonNode> lines) throws Failure, IOException {
        stream(HttpRequest.newBuilder(uri(path)).GET(), lines);
    }

    private void stream(HttpRequest.Builder request, Consumer<JsonNode> lines) throws Failure, IOException {
        try (InputStream in = exchange(request, BodyHandlers.ofInputStream(), response -> {
                    if (response.statusCode() >= 300) {
                        try (InputStream refused = response.body()) {
                            throw new Answer(
                                            response.statusCode(),
                                            parse(new String(refused.readAllBytes(), StandardCharsets.UTF_8)))
                                    .failure();
                        }
                    }
                    return response.body();
                });
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.accept(parse(line));
            }
        }
    }

    Answer put(String path, String body) throws Failure {
        return send(HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body)));
    }

    /** {@return a name as it may stand in a path or query} */
    static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private URI uri(String path) throws Failure {
        return URI.create(target.uri() + path);
    }

    private static JsonNode parse(String text) throws JsonProcessingException {
        return JSON.readTree(text.isEmpty() ? "{}" : text);
    }

    /** Makes something of a response; may refuse it. */
    private interface Reader<B, R> {
        R read(HttpResponse<B> response) throws Failure, IOException;
    }

    private Answer send(HttpRequest.Builder request) throws Failure {
        return exchange(
                request,
                BodyHandlers.ofString(),
                response -> new Answer(response.statusCode(), parse(response.body())));
    }

    private <B, R> R exchange(HttpRequest.Builder request, HttpResponse.BodyHandler<B> handler, Reader<B, R> reader)
            throws Failure {
        if (target.token() != null) {
            request.header("Authorization", "Bearer " + target.token());
        }
        try (Progress.Waiting waiting = progress.begin("the control server at " + server)) {
            return reader.read(http.send(request.timeout(Duration.ofSeconds(30)).build(), handler));
        } catch (JsonProcessingException e) {
            throw new Failure(ExitCode.UNREACHABLE, "what answers at " + server + " is not a control server");
        } catch (java.net.http.HttpTimeoutException e) {
            throw new Failure(ExitCode.TIMEOUT, "the control server at " + server + " did not answer in time");
        } catch (SSLException e) {
            throw new Failure(
                    ExitCode.UNREACHABLE,
                    "no TLS with " + server + ": " + e.getMessage()
                            + "; name the authority of its certificate with --ca-file");
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.UNREACHABLE,
                    "no control server at " + server + " (" + e.getClass().getSimpleName()
                            + "); is it running? Name another one with --server or INMESH_SERVER");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(ExitCode.TIMEOUT, "interrupted");
        }
    }
}
