package io.inmesh.server.source.consul;

import io.inmesh.server.fetch.BoundedBody;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks a Consul agent over HTTP. */
final class ConsulHttp {
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
     * @param most bytes that may count of an answer; more is a failure
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
     * @param content what it says
     */
    record Answer<T>(int status, long index, Content<T> content) {

        /** @throws IOException if it is none that can be used; the message says why */
        T list() throws IOException {
            if (status == 403) {
                throw new IOException("Consul refuses (403): the token may not read these services");
            }
            T all = content.all();
            if (all == null) {
                throw new IOException("Consul answers " + status + ": " + content.shortened());
            }
            return all;
        }
    }

    /**
     * What an answer says.
     *
     * @param all what was asked for; null if that is not what it says
     * @param words what it says instead
     */
    record Content<T>(@Nullable T all, String words) {
        private String shortened() {
            String text = words.strip();
            return text.length() > 200 ? text.substring(0, 200) + "..." : text;
        }
    }

    /** Asks; waits for something newer than {@code index} unless that is 0. */
    <T> CompletableFuture<Answer<T>> ask(Question<T> question, long index) {
        StringBuilder url =
                new StringBuilder(settings.url().toString().replaceFirst("/+$", "")).append(question.path());
        url.append("?wait=").append(settings.longestWait().toMillis()).append("ms");
        if (index > 0) {
            url.append("&index=").append(index);
        }
        if (!settings.datacenter().isEmpty()) {
            url.append("&dc=").append(encoded(settings.datacenter()));
        }
        if (!settings.tag().isEmpty() && question.aboutInstances()) {
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
        CompletableFuture<HttpResponse<Content<T>>> exchange = client.sendAsync(request.build(), bodyOf(question));
        CompletableFuture<Answer<T>> sent = exchange.thenApply(response -> new Answer<>(
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

    private <T> BodyHandler<Content<T>> bodyOf(Question<T> question) {
        BodyHandler<byte[]> whole = BoundedBody.of(most);
        return head -> head.statusCode() == 200
                ? BodySubscribers.mapping(AnswerBody.of(question, most), all -> new Content<>(all, ""))
                : BodySubscribers.mapping(
                        whole.apply(head), body -> new Content<>(null, new String(body, StandardCharsets.UTF_8)));
    }

    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** {@return in words why there is no answer, or none that can be used} */
    static String reason(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        for (Throwable one = cause; one != null; one = one.getCause()) {
            if (one instanceof UnusableAnswerException) {
                return String.valueOf(one.getMessage());
            }
        }
        return "Consul does not answer: " + (cause instanceof TimeoutException ? "nothing came in time" : cause);
    }
}
