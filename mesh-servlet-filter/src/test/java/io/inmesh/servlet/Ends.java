package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.observe.InboundObserver;
import io.inmesh.observe.MeshObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes down how requests ended, in order. */
final class Ends implements MeshObserver {

    /** So long that only a test that fails waits for it. */
    private static final long PATIENCE_SECONDS = 120;

    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final AtomicInteger started = new AtomicInteger();

    @Override
    public InboundObserver inboundStarted(InboundCall call) {
        started.incrementAndGet();
        return new InboundObserver() {
            @Override
            public void refused(InboundCall refused, Outcome outcome, long durationNanos) {
                if (outcome instanceof Outcome.LocalReply reply) {
                    ends.add("refused " + reply.httpStatus() + " " + reply.reason());
                    return;
                }
                Outcome.Rejection rejection = (Outcome.Rejection) outcome;
                ends.add("refused " + rejection.httpStatus() + " " + rejection.reason());
            }

            @Override
            public void ended(InboundCall ended, Outcome outcome, long durationNanos) {
                ends.add(
                        outcome instanceof Outcome.Response response
                                ? Integer.toString(response.httpStatus())
                                : outcome.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT));
            }
        };
    }

    /** {@return the next end, as a status, {@code cancelled} or {@code refused <status> <reason>}} */
    String next() throws InterruptedException {
        String end = ends.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(end).as("the end of a request").isNotNull();
        return end;
    }

    /** {@return requests that began} */
    int started() {
        return started.get();
    }

    /** {@return whether every end was asked for; final only when the server has stopped} */
    boolean none() {
        return ends.isEmpty();
    }
}
