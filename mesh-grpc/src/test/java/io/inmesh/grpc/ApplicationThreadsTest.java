package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Test;

/** Threads that nobody closes must be few, must not keep a process, and must end. */
final class ApplicationThreadsTest {

    private static final Duration LONG = Duration.ofHours(1);

    @Test
    void thereAreNoMoreThanTheBoundAndWhatIsBeyondItWaits() throws Exception {
        ApplicationThreads threads = new ApplicationThreads("bounded", 3, LONG);
        Set<String> names = ConcurrentHashMap.newKeySet();
        CountDownLatch begun = new CountDownLatch(3);
        CountDownLatch free = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(20);
        for (int i = 0; i < 20; i++) {
            threads.execute(() -> {
                names.add(Thread.currentThread().getName());
                begun.countDown();
                await(free);
                done.countDown();
            });
        }

        begun.await();
        assertThat(done.getCount()).isEqualTo(20);
        free.countDown();
        done.await();

        assertThat(names).containsExactlyInAnyOrder("bounded-1", "bounded-2", "bounded-3");
    }

    @Test
    void threadsAreDaemonsAndEndWhenThereIsNoWork() throws Exception {
        ApplicationThreads threads = new ApplicationThreads("brief", 3, Duration.ofNanos(1));
        SynchronousQueue<Thread> used = new SynchronousQueue<>();

        threads.execute(() -> {
            try {
                used.put(Thread.currentThread());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        Thread thread = used.take();
        assertThat(thread.isDaemon()).isTrue();
        thread.join();
        assertThat(thread.isAlive()).isFalse();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
