package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.eclipse.jetty.util.VirtualThreads;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Containers that give every request a virtual thread. */
class VirtualThreadTest {

    /** More than carriers there are, so that requests that held theirs would never all be there at once. */
    private static final int CALLERS = 64;

    @ParameterizedTest
    @EnumSource
    void requestsOnVirtualThreadsWaitForEachOtherAndAllEnd(Container container) throws Exception {
        assumeTrue(VirtualThreads.areSupported(), "this Java runtime has no virtual threads");
        CountDownLatch all = new CountDownLatch(CALLERS);
        Application application = new Application().on("/", (request, response) -> {
            all.countDown();
            await(all);
            response.getWriter().print("virtual=" + VirtualThreads.isVirtualThread());
        });
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        Container.Settings settings = Container.Settings.VIRTUAL_THREADS;
        try (Service service = Service.open(container, application, settings)) {
            Callable<String> call = () -> service.client().get("/").body();
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                answers.add(callers.submit(call));
            }
            for (Future<String> answer : answers) {
                assertThat(answer.get()).contains("virtual=true");
                assertThat(service.ends.next()).isEqualTo("200");
            }
        } finally {
            callers.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
