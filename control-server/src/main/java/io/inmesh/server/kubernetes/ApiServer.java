package io.inmesh.server.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.fetch.BoundedBody;
import io.inmesh.server.time.Ended;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Asks a Kubernetes API server over HTTP, and tells it statuses. Safe for use by several threads. */
public final class ApiServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_BYTES = 64 << 20;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int GONE = 410;

    /** Who wrote a status, as the API server remembers it in {@code managedFields}. */
    public static final String FIELD_MANAGER = "inmesh";

    private final ApiSettings settings;
    private final ExecutorService network;
    private final HttpClient client;

    /** What is wanted is too old to be known: list anew. */
    public static final class GoneException extends IOException {
        private static final long serialVersionUID = 1L;

        GoneException(String message) {
            super(message);
        }
    }

    /** There is nothing of that name, or no such path: the kind may not be known to the cluster. */
    public static final class NotFoundException extends IOException {
        private static final long serialVersionUID = 1L;

        NotFoundException(String message) {
            super(message);
        }
    }

    /** Somebody else has changed the object meanwhile. */
    public static final class ConflictException extends IOException {
        private static final long serialVersionUID = 1L;

        ConflictException(String message) {
            super(message);
        }
    }

    /** The server asks for a pause, or refuses. */
    public static final class BusyException extends IOException {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final transient Optional<Duration> pause;

        BusyException(String message, int status, Optional<Duration> pause) {
            super(message);
            this.status = status;
            this.pause = pause;
        }

        /** {@return whether it is what was asked for that is refused, so that something else may be taken; it is not that nobody is let in now} */
        public boolean isRefusal() {
            return status >= 400 && status < 500 && status != 401 && status != 429;
        }

        /** {@return whether the right to do it is lacking (403)} */
        boolean isForbidden() {
            return status == 403;
        }

        /** {@return whether it may be the revision asked for that it does not take: 400, or 504 for one that it has not got to} */
        boolean isAboutTheRevision() {
            return status == 400 || status == 504;
        }

        /** {@return how long to wait at least, if the server has said so} */
        public Optional<Duration> pause() {
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

    /**
     * Asks nothing yet.
     *
     * @param settings how it is reached
     * @param name for the names of threads
     */
    public ApiServer(ApiSettings settings, String name) {
        this.settings = settings;
        this.network = Executors.newFixedThreadPool(2, task -> {
            Thread created = new Thread(task, "inmesh-source-" + name + "-http");
            created.setDaemon(true);
            return created;
        });
        HttpClient.Builder builder = HttpClient.newBuilder()
                .executor(network)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(10))
                .version(HttpClient.Version.HTTP_1_1);
        if (settings.tls() != null) {
            builder.sslContext(settings.tls());
        }
        this.client = builder.build();
    }

    /** {@return an object, or one page of a list} */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return answer(request(path));
    }

    /**
     * Changes the status of an object by a merge patch.
     *
     * @param path of the object's status
     * @param patch what is to be other; with {@code metadata.resourceVersion} it is refused if the object is another one by now
     * @throws ConflictException if it is another one by now
     * @throws NotFoundException if it is gone, or its kind has no status to be written
     */
    public void patch(String path, JsonNode patch) throws IOException, InterruptedException {
        answer(request(path + "?fieldManager=" + FIELD_MANAGER)
                .header("Content-Type", "application/merge-patch+json")
                .method("PATCH", BodyPublishers.ofByteArray(JSON.writeValueAsBytes(patch))));
    }

    private JsonNode answer(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = client.send(request.build(), BoundedBody.of(MOST_BYTES));
        check(response, response.body());
        return JSON.readTree(response.body());
    }

    /** {@return the changes of a collection, until the server has enough} */
    Changes watch(String path) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = client.send(request(path).build(), BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            try (InputStream in = response.body()) {
                check(response, in.readNBytes(4096));
            }
        }
        return new Changes(response.body());
    }

    private HttpRequest.Builder request(String path) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(settings.url().toString().replaceFirst("/+$", "") + path))
                .timeout(PATIENCE)
                .header("Accept", "application/json");
        settings.token().read().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        return request;
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
        if (status == NOT_FOUND) {
            throw new NotFoundException(message);
        }
        if (status == CONFLICT) {
            throw new ConflictException(message);
        }
        Optional<Duration> pause = response.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("\\d{1,4}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
        throw new BusyException(message, status, pause);
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

    /** Ends its threads; what is being asked fails. */
    @Override
    public void close() {
        Ended.of(network);
    }
}
