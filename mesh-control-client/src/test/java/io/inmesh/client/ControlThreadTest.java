package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.time.Scheduler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ControlThreadTest {
    private static final Scheduler NEVER = (task, delayNanos) -> () -> {};

    private final List<String> done = Collections.synchronizedList(new ArrayList<>());

    @Test
    void whatComesBehindTheLastTaskIsNotDone() throws Exception {
        ControlThread thread = new ControlThread(NEVER);
        CountDownLatch queued = new CountDownLatch(1);
        CompletableFuture<Thread> runner = new CompletableFuture<>();
        thread.execute(() -> {
            runner.complete(Thread.currentThread());
            awaitQuietly(queued);
            done.add("before");
        });
        thread.execute(() -> {
            done.add("last");
            thread.close();
        });
        thread.execute(() -> done.add("behind"));
        queued.countDown();
        runner.get().join();
        thread.execute(() -> done.add("late"));

        assertThat(done).containsExactly("before", "last");
    }

    @Test
    void aTaskThatFailsDoesNotEndTheThread() throws Exception {
        ControlThread thread = new ControlThread(NEVER);
        thread.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        CountDownLatch ended = new CountDownLatch(1);
        thread.execute(() -> {
            done.add("after");
            thread.close();
            ended.countDown();
        });
        ended.await();

        assertThat(done).containsExactly("after");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
