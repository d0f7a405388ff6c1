package io.inmesh.bench.simulation;

import io.inmesh.testkit.simulation.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongFunction;

/** Runs simulations side by side, one a core; each is on its own, so their order changes nothing. */
final class Runs implements AutoCloseable {

    private final ExecutorService executor =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), task -> {
                Thread thread = new Thread(task, "simulation");
                thread.setDaemon(true);
                return thread;
            });

    /** {@return a run for every seed, to be waited for later} */
    List<Future<Report>> start(Effort effort, LongFunction<Report> simulation) {
        List<Future<Report>> runs = new ArrayList<>();
        for (long seed : effort.seeds()) {
            runs.add(executor.submit(() -> simulation.apply(seed)));
        }
        return runs;
    }

    /** {@return a computation, to be waited for later} */
    <T> Future<T> start(Callable<T> computation) {
        return executor.submit(computation);
    }

    /** {@return what was measured, in the order of seeds} */
    static List<Report> results(List<Future<Report>> runs) {
        return runs.stream().map(Runs::result).toList();
    }

    /** {@return what was computed} */
    static <T> T result(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a simulation failed", e.getCause());
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
