package io.inmesh.server.fetch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Asks one server that the operator has named: no redirects, a limit for the whole answer in bytes and in time. */
public final class BoundedHttp {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int MAX_BYTES = 1 << 20;

    private final HttpClient client;
    private final Duration limit;

    /** @param tls whom to trust; null is the machine's own roots */
    public BoundedHttp(@Nullable SSLContext tls) {
        this(tls, LIMIT);
    }

    /** @param limit how long an answer may take, from connecting to its last byte */
    BoundedHttp(@Nullable SSLContext tls, Duration limit) {
        this.limit = limit;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(limit)
                .version(HttpClient.Version.HTTP_1_1);
        if (tls != null) {
            builder.sslContext(tls);
        }
        this.client = builder.build();
    }

    /**
     * An answer.
     *
     * @param status of HTTP
     * @param body all of it
     */
    public record Answer(int status, byte[] body) {}

    /** @throws IOException if there is no answer in time, or one that is too long; the message names the server */
    public Answer send(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> sent = client.sendAsync(request, BoundedBody.of(MAX_BYTES));
        try {
            // The client's own limit for answers ends with their head; this one does not.
            HttpResponse<byte[]> response = sent.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), response.body());
        } catch (ExecutionException e) {
            throw new IOException(request.uri() + " does not answer: " + e.getCause(), e);
        } catch (TimeoutException e) {
            sent.cancel(true);
            throw new IOException(request.uri() + " does not answer within " + limit.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + request.uri(), e);
        }
    }

    /** {@return the whole body of a good answer (200)} */
    public String get(URI uri) throws IOException {
        Answer answer = send(HttpRequest.newBuilder(uri).build());
        if (answer.status() != 200) {
            throw new IOException(uri + " answers " + answer.status());
        }
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
