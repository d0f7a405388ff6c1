package io.inmesh.server.source.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.fetch.BoundedBody;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Asks a Kubernetes API server over HTTP. */
final class ApiServer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_BYTES = 64 << 20;
    private static final int GONE = 410;

    private final KubernetesSettings settings;
    private final HttpClient client;

    /** What is wanted is too old to be known: list anew. */
    static final class GoneException extends IOException {
        private static final long serialVersionUID = 1L;

        GoneException(String message) {
            super(message);
        }
    }

    /** The server asks for a pause. */
    static final class BusyException extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient Optional<Duration> pause;

        BusyException(String message, Optional<Duration> pause) {
            super(message);
            this.pause = pause;
        }

        Optional<Duration> pause() {
            return pause;
        }
    }

    /** Changes as they come; for one thread, but for {@link #close}. */
    static final class Changes implements AutoCloseable {
        private final InputStream stream;
        private @Nullable MappingIterator<JsonNode> events;

        private Changes(InputStream stream) {
            this.stream = stream;
        }

        /** {@return the next event, which may be long in coming; null at the end} */
        @Nullable
        JsonNode next() throws IOException {
            MappingIterator<JsonNode> open = events;
            if (open == null) {
                // Even making it waits for the first event.
                open = JSON.readerFor(JsonNode.class).readValues(stream);
                events = open;
            }
            return open.hasNextValue() ? open.nextValue() : null;
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    ApiServer(KubernetesSettings settings, Executor executor) {
        this.settings = settings;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .executor(executor)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(10))
                .version(HttpClient.Version.HTTP_1_1);
        if (settings.tls() != null) {
            builder.sslContext(settings.tls());
        }
        this.client = builder.build();
    }

    /** {@return one page of a list} */
    JsonNode list(String path) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = client.send(request(path), BoundedBody.of(MOST_BYTES));
        check(response, response.body());
        return JSON.readTree(response.body());
    }

    /** {@return the changes of a collection, until the server has enough} */
    Changes watch(String path) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = client.send(request(path), BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            try (InputStream in = response.body()) {
                check(response, in.readNBytes(4096));
            }
        }
        return new Changes(response.body());
    }

    private HttpRequest request(String path) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(settings.url().toString().replaceFirst("/+$", "") + path))
                .timeout(PATIENCE)
                .header("Accept", "application/json");
        if (settings.tokenFile().isPresent()) {
            String token = Files.readString(settings.tokenFile().get()).strip();
            if (token.chars().anyMatch(letter -> letter <= ' ' || letter > '~')) {
                throw new IOException("the token file " + settings.tokenFile().get() + " holds no token");
            }
            request.header("Authorization", "Bearer " + token);
        }
        return request.build();
    }

    private static void check(HttpResponse<?> response, byte[] body) throws IOException {
        int status = response.statusCode();
        if (status == 200) {
            return;
        }
        String message =
                "the API server answers " + status + " to " + response.uri().getPath() + ": " + reason(body);
        if (status == GONE) {
            throw new GoneException(message);
        }
        Optional<Duration> pause = response.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("\\d{1,4}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
        throw new BusyException(message, pause);
    }

    /** Errors are {@code Status} objects as a rule, and whatever a proxy in between says else. */
    private static String reason(byte[] body) {
        try {
            String message = JSON.readTree(body).path("message").asText();
            if (!message.isEmpty()) {
                return message;
            }
        } catch (IOException notJson) {
            // Then it is told as it is.
        }
        String text = new String(body, StandardCharsets.UTF_8).strip();
        return text.length() > 200 ? text.substring(0, 200) + "..." : text;
    }
}
