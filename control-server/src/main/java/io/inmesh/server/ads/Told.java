package io.inmesh.server.ads;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What clients have been sent, as far as their streams got to tell it.
 *
 * @param configs what those have that told
 * @param silent those that were too busy
 */
public record Told(List<ProcessConfig> configs, List<ConnectedProcess> silent) {

    private static final Logger LOG = LoggerFactory.getLogger(Told.class);

    /** Copies the lists. */
    public Told {
        configs = List.copyOf(configs);
        silent = List.copyOf(silent);
    }

    /**
     * Who was asked.
     *
     * @param process the client
     * @param answer what it has been sent, in a while; failed if its stream has ended, which makes it nobody
     */
    record Asked(ConnectedProcess process, CompletableFuture<ProcessConfig> answer) {}

    /** {@return what was told within a time for all of them} */
    static Told within(Duration limit, List<Asked> asked) {
        try {
            CompletableFuture.allOf(asked.stream().map(Asked::answer).toArray(CompletableFuture<?>[]::new))
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("not every client could be asked what it has been sent", e);
        }
        List<ProcessConfig> configs = new ArrayList<>();
        List<ConnectedProcess> silent = new ArrayList<>();
        for (Asked one : asked) {
            if (!one.answer().isDone()) {
                silent.add(one.process());
            } else if (!one.answer().isCompletedExceptionally()) {
                configs.add(one.answer().join());
            }
        }
        return new Told(configs, silent);
    }
}
