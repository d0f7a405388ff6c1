package io.inmesh.bench.macro;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits for a server that was just started. */
final class Readiness {

    private static final long LIMIT_SECONDS = 60;
    private static final long PAUSE_MILLIS = 100;

    private Readiness() {}

    /** Asks an address until it answers 200. */
    static void await(String url, Child server) throws IOException, InterruptedException {
        HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(5))
                .build();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (System.nanoTime() - end < 0) {
            try {
                if (http.send(request, BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException notYet) {
                if (!server.alive()) {
                    server.answer();
                }
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        throw new IOException(url + " did not answer within a minute");
    }
}
