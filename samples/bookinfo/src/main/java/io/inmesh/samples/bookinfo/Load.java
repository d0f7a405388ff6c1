package io.inmesh.samples.bookinfo;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A constant rate of calls, whatever becomes of each. */
final class Load {

    private static final int MAX_OUTSTANDING = 64;

    private final Shop shop;
    private final long periodNanos;
    private final TreeMap<String, Integer> seen = new TreeMap<>();
    private final ScheduledExecutorService pacer = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService callers = Executors.newFixedThreadPool(MAX_OUTSTANDING);

    Load(Shop shop, int callsPerSecond) {
        this.shop = shop;
        this.periodNanos = TimeUnit.SECONDS.toNanos(1) / callsPerSecond;
    }

    void start() {
        pacer.scheduleAtFixedRate(() -> callers.execute(this::call), 0, periodNanos, TimeUnit.NANOSECONDS);
    }

    private void call() {
        String answer;
        try {
            answer = shop.reviews(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer = "interrupted";
        } catch (Exception e) {
            answer = String.valueOf(e);
        }
        synchronized (seen) {
            seen.merge(answer, 1, Integer::sum);
        }
    }

    /** {@return how often each answer has come so far} */
    SortedMap<String, Integer> seen() {
        synchronized (seen) {
            return new TreeMap<>(seen);
        }
    }

    /** {@return how often each answer came, once all calls have ended} */
    SortedMap<String, Integer> stop() throws InterruptedException {
        pacer.shutdown();
        callers.shutdown();
        if (!callers.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("calls did not end within a minute");
        }
        return seen();
    }
}
