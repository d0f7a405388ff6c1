package io.inmesh.server.source.consul;

import io.inmesh.server.source.Pacer;
import io.inmesh.server.source.SourceThread;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One blocking query of Consul, asked again and again: it is answered when something has changed, or when it has waited long enough. A
 * return is no promise of a change; an index that goes backwards (a snapshot was restored, servers were replaced) means to start over.
 * Everything but the waiting happens on the source's thread.
 *
 * @param <T> what it is answered with
 */
final class BlockingQuery<T> {
    /** Until it is asked again if even that it failed cannot be told. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Question<T> question;
    private final ConsulHttp http;
    private final SourceThread thread;
    private final Pacer pacer;
    private final Consumer<T> changed;
    private final Runnable heard;

    private long index;
    private int generation;
    private String problem = "";
    private @Nullable CompletableFuture<ConsulHttp.Answer<T>> asking;

    /**
     * @param changed is told each answer that may be another one than before
     * @param heard is run after each other answer, and each failure
     */
    BlockingQuery(
            Question<T> question,
            ConsulHttp http,
            SourceThread thread,
            Pacer pacer,
            Consumer<T> changed,
            Runnable heard) {
        this.question = question;
        this.http = http;
        this.thread = thread;
        this.pacer = pacer;
        this.changed = changed;
        this.heard = heard;
    }

    void ask() {
        int mine = ++generation;
        CompletableFuture<ConsulHttp.Answer<T>> sent = http.ask(question, index);
        asking = sent;
        sent.whenComplete((answer, failure) -> thread.after(Duration.ZERO, () -> {
            // What was stopped or asked anew meanwhile is not waited for any more.
            if (mine == generation) {
                take(answer, failure);
            }
        }));
    }

    private void take(ConsulHttp.@Nullable Answer<T> answer, @Nullable Throwable failure) {
        Duration pause = LONGEST;
        try {
            if (answer == null) {
                throw new IOException(ConsulHttp.reason(failure));
            }
            T list = answer.list();
            long now = Math.max(1, answer.index());
            boolean news = now != index;
            index = now < index ? 0 : now;
            problem = "";
            pause = pacer.afterAnswer();
            if (news) {
                changed.accept(list);
            } else {
                heard.run();
            }
        } catch (IOException e) {
            pause = pacer.afterFailure();
            fail(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            pause = pacer.afterFailure();
            fail("it failed in a way it should not: " + e);
            throw e;
        } finally {
            askAfter(pause);
        }
    }

    private void fail(String why) {
        problem = why;
        // It may be another Consul that comes back, whose index is smaller; it would wait for ours.
        index = 0;
        heard.run();
    }

    private void askAfter(Duration pause) {
        int mine = generation;
        thread.after(pause, () -> {
            if (mine == generation) {
                ask();
            }
        });
    }

    /** Forgets how far it has come and asks at once. */
    void startOver() {
        index = 0;
        cancel();
        ask();
    }

    void stop() {
        generation++;
        cancel();
    }

    private void cancel() {
        if (asking != null) {
            asking.cancel(true);
        }
    }

    String path() {
        return question.path();
    }

    /** {@return why it could not be asked last; empty if it could} */
    String problem() {
        return problem;
    }
}
