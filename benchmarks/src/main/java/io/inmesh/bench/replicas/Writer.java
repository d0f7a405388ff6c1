package io.inmesh.bench.replicas;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes a change each second, at each server in turn, and at the next one if that fails; remembers what was acknowledged. Each change expects the
 * version of the last that was acknowledged, so that one that was lost would be found by the next one.
 */
final class Writer implements AutoCloseable {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE_MILLIS = 50;
    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final List<Rest> servers;
    private final List<Written> written = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "writer");
    private volatile boolean ends;
    private String version = "";
    private long acknowledged;
    private volatile long refused;
    private volatile long lost;

    /**
     * A change that was acknowledged.
     *
     * @param number of the change
     * @param begunNanos when the first attempt began
     * @param lastNanos when the attempt began that was acknowledged
     * @param doneNanos when the acknowledgement came
     */
    record Written(long number, long begunNanos, long lastNanos, long doneNanos) {}

    Writer(List<Rest> servers) {
        this.servers = servers;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        long next = System.nanoTime();
        try {
            for (long number = 1; !ends; number++) {
                write(number);
                next = Math.max(next + PERIOD_NANOS, System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(long number) throws InterruptedException {
        long begun = System.nanoTime();
        for (int attempt = 0; !ends; attempt++) {
            long now = System.nanoTime();
            if (attempt(servers.get((int) ((number + attempt) % servers.size())), number)) {
                acknowledged = number;
                synchronized (written) {
                    written.add(new Written(number, begun, now, System.nanoTime()));
                }
                return;
            }
            refused++;
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    private boolean attempt(Rest server, long number) throws InterruptedException {
        try {
            String body = Change.body(number, version);
            Rest.Answer answer = version.isEmpty()
                    ? server.send("POST", Change.KIND, "application/json", body)
                    : server.send("PUT", Change.PATH, "application/json", body);
            if (answer.good()) {
                version = Change.version(answer.json());
                return true;
            }
            if (answer.status() == 409) {
                return mine(number);
            }
        } catch (IOException away) {
            // Whether it was made will be seen by the version that is there.
        }
        return false;
    }

    /** {@return whether an earlier attempt has made the change after all, without its answer having come} */
    private boolean mine(long number) throws InterruptedException {
        long end = System.nanoTime() + STALE_NANOS;
        while (!ends) {
            for (Rest server : servers) {
                try {
                    Rest.Answer answer = server.get(Change.PATH);
                    if (!answer.good()) {
                        continue;
                    }
                    JsonNode resource = answer.json();
                    long found = Change.number(resource);
                    // A server that has not heard of the last one yet is asked again.
                    boolean newEnough =
                            found >= acknowledged && !Change.version(resource).equals(version);
                    if (newEnough || System.nanoTime() - end > 0) {
                        lost += found < acknowledged ? 1 : 0;
                        version = Change.version(resource);
                        return found == number;
                    }
                } catch (IOException away) {
                    // The next one.
                }
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return false;
    }

    /** {@return what has been acknowledged since a moment} */
    List<Written> since(long nanos) {
        synchronized (written) {
            return written.stream().filter(each -> each.doneNanos() - nanos > 0).toList();
        }
    }

    /** {@return the last change that was acknowledged} */
    long last() {
        synchronized (written) {
            return written.isEmpty() ? 0 : written.get(written.size() - 1).number();
        }
    }

    /** {@return attempts that did not go well, so far} */
    long refused() {
        return refused;
    }

    /** {@return changes that were acknowledged and found missing by a later one, so far} */
    long lost() {
        return lost;
    }

    @Override
    public void close() throws InterruptedException {
        ends = true;
        thread.interrupt();
        thread.join();
    }
}
