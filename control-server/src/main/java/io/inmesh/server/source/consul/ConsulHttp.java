package io.inmesh.server.source.consul;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.fetch.BoundedBody;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks a Consul agent over HTTP. */
final class ConsulHttp {
    /** Where the instances of a service are, by its name. */
    static final String INSTANCES = "/v1/health/service/";

    /** Where all checks are. */
    static final String CHECKS = "/v1/health/state/any";

    /** What {@link Rows} reads of a check. */
    private static final Set<String> CHECK_FIELDS =
            Set.of("Node", "CheckID", "ServiceID", "ServiceName", "ServiceTags", "Status");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 32 << 20;
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration AT_ONCE = Duration.ofSeconds(30);

    private final ConsulSettings settings;
    private final HttpClient client;
    private final Duration limit;
    private final Duration limitAtOnce;
    private final int most;

    ConsulHttp(ConsulSettings settings, Executor executor) {
        this(settings, executor, AT_ONCE, MOST_BYTES);
    }

    /**
     * @param limitAtOnce of a question that is answered without waiting for something new, until all of the answer is there
     * @param most bytes that are kept of an answer; one of which more would be is a failure
     */
    ConsulHttp(ConsulSettings settings, Executor executor, Duration limitAtOnce, int most) {
        this.settings = settings;
        this.limitAtOnce = limitAtOnce;
        this.most = most;
        // Consul waits up to a sixteenth longer than asked, so that its clients do not come back all at once.
        this.limit = settings.longestWait()
                .plus(settings.longestWait().dividedBy(16))
                .plusSeconds(30);
        HttpClient.Builder builder = HttpClient.newBuilder()
                .executor(executor)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .version(HttpClient.Version.HTTP_1_1);
        if (settings.tls() != null) {
            builder.sslContext(settings.tls());
        }
        this.client = builder.build();
    }

    /**
     * An answer.
     *
     * @param status of HTTP
     * @param index how far it goes; less than 1 if it does not say
     * @param body all of it; of all checks, only what counts of each
     */
    record Answer(int status, long index, byte[] body) {

        /** @throws IOException if it is none that can be used; the message says why */
        JsonNode json() throws IOException {
            if (status == 403) {
                throw new IOException("Consul refuses (403): the token may not read these services");
            }
            if (status != 200) {
                throw new IOException("Consul answers " + status + ": " + shortened());
            }
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new IOException("Consul answers what is no JSON: " + shortened(), e);
            }
        }

        private String shortened() {
            String text = new String(body, StandardCharsets.UTF_8).strip();
            return text.length() > 200 ? text.substring(0, 200) + "..." : text;
        }
    }

    /** Asks what is at a path; waits for something newer than {@code index} unless that is 0. */
    CompletableFuture<Answer> ask(String path, long index) {
        StringBuilder url = new StringBuilder(settings.url().toString().replaceFirst("/+$", "")).append(path);
        url.append("?wait=").append(settings.longestWait().toMillis()).append("ms");
        if (index > 0) {
            url.append("&index=").append(index);
        }
        if (!settings.datacenter().isEmpty()) {
            url.append("&dc=").append(encoded(settings.datacenter()));
        }
        if (!settings.tag().isEmpty() && path.startsWith(INSTANCES)) {
            url.append("&tag=").append(encoded(settings.tag()));
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url.toString()));
        try {
            if (settings.tokenFile().isPresent()) {
                request.header(
                        "X-Consul-Token",
                        Files.readString(settings.tokenFile().get()).strip());
            }
        } catch (IOException | IllegalArgumentException e) {
            return CompletableFuture.failedFuture(
                    new IOException("the token file " + settings.tokenFile().get() + " cannot be used", e));
        }
        CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(request.build(), bodyOf(path));
        CompletableFuture<Answer> sent = exchange.thenApply(response -> new Answer(
                response.statusCode(),
                response.headers()
                        .firstValue("X-Consul-Index")
                        .map(ConsulHttp::number)
                        .orElse(0L),
                response.body()));
        Duration longest = index > 0 ? limit : limitAtOnce;
        sent.orTimeout(longest.toMillis(), TimeUnit.MILLISECONDS).whenComplete((answer, failure) -> {
            if (failure != null) {
                // Else the connection stays, and Consul allows only so many.
                exchange.cancel(true);
            }
        });
        return sent;
    }

    private BodyHandler<byte[]> bodyOf(String path) {
        BodyHandler<byte[]> whole = BoundedBody.of(most);
        return head ->
                path.equals(CHECKS) && head.statusCode() == 200 ? ThinBody.of(CHECK_FIELDS, most) : whole.apply(head);
    }

    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String reason(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause != null && cause.getCause() != null && cause.getMessage() == null) {
            cause = cause.getCause();
        }
        if (cause instanceof TimeoutException) {
            return "nothing came in time";
        }
        return String.valueOf(cause);
    }
}
