package io.inmesh.samples.bookinfo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** People who look at the shop until the process ends: {@code Visitors URL PER_SECOND}. */
public final class Visitors {

    /** A visitor has no more patience than that. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Visitors() {}

    /** Runs the program. */
    public static void main(String[] arguments) throws InterruptedException {
        URI page = URI.create(arguments[0]);
        int perSecond = Integer.parseInt(arguments[1]);
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(page).timeout(PATIENCE).build();
        // As many people as that, each with a second between two looks.
        ScheduledExecutorService people = Executors.newScheduledThreadPool(perSecond);
        for (int person = 0; person < perSecond; person++) {
            people.scheduleAtFixedRate(
                    () -> look(http, request), 1000L * person / perSecond, 1000, TimeUnit.MILLISECONDS);
        }
        people.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    private static void look(HttpClient http, HttpRequest request) {
        try {
            http.send(request, BodyHandlers.discarding());
        } catch (IOException e) {
            System.out.println("no page: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
