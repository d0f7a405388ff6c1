package io.inmesh.bench.replicas;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Visitors of the shop at a rate that does not depend on how it does. A page counts as failed unless all of it is there. */
final class Pages implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int VISITORS = 128;
    private static final int NOTES = 5;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpRequest request;
    private final ScheduledExecutorService pacer = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService visitors = Executors.newFixedThreadPool(VISITORS);
    private final AtomicLong whole = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Queue<String> notes = new ConcurrentLinkedQueue<>();
    private final ConcurrentHistogram micros = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(2), 3);

    Pages(URI page) {
        request = HttpRequest.newBuilder(page).timeout(PATIENCE).build();
    }

    void start(int perSecond) {
        long period = TimeUnit.SECONDS.toNanos(1) / perSecond;
        pacer.scheduleAtFixedRate(
                () -> {
                    long planned = System.nanoTime();
                    visitors.execute(() -> visit(planned));
                },
                0,
                period,
                TimeUnit.NANOSECONDS);
    }

    /** {@return whether some pages one after the other were whole, none of which counts} */
    boolean open(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            try {
                HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
                if (!flaw(response.statusCode(), response.body()).isEmpty()) {
                    return false;
                }
            } catch (IOException notYet) {
                return false;
            }
        }
        return true;
    }

    private void visit(long planned) {
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            String flaw = flaw(response.statusCode(), response.body());
            if (flaw.isEmpty()) {
                whole.incrementAndGet();
                micros.recordValue(Math.min(
                        TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - planned), micros.getHighestTrackableValue()));
            } else {
                failed(flaw);
            }
        } catch (IOException e) {
            failed(e.toString());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@return what is missing; empty if nothing is} */
    static String flaw(int status, String page) {
        if (status != 200) {
            return "HTTP " + status;
        }
        int error = page.indexOf("class=\"error\"");
        if (error >= 0) {
            return page.substring(error, Math.min(page.length(), error + 100));
        }
        return page.contains("PublisherA") && page.contains("reviews v") ? "" : "half a page";
    }

    private void failed(String why) {
        failed.incrementAndGet();
        if (notes.size() < NOTES) {
            notes.add(why);
        }
    }

    long whole() {
        return whole.get();
    }

    long failures() {
        return failed.get();
    }

    /** {@return why the first pages failed since this was asked last} */
    List<String> takeNotes() {
        List<String> taken = new ArrayList<>(notes);
        notes.clear();
        return taken;
    }

    /** {@return microseconds that whole pages took, from when they were due} */
    Histogram micros() {
        return micros.copy();
    }

    @Override
    public void close() throws InterruptedException {
        pacer.shutdownNow();
        visitors.shutdown();
        if (!visitors.awaitTermination(PATIENCE.toSeconds() + 1, TimeUnit.SECONDS)) {
            visitors.shutdownNow();
        }
    }
}
