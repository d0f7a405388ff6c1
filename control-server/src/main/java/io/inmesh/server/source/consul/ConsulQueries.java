package io.inmesh.server.source.consul;

import io.inmesh.server.source.Pacer;
import io.inmesh.server.source.SourceThread;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * What the questions of one source share.
 *
 * @param http asks them
 * @param thread where answers are told
 * @param heard is run after a question has failed, or was answered with nothing new
 */
record ConsulQueries(ConsulHttp http, SourceThread thread, Runnable heard) {

    /**
     * {@return a query that is not asked yet}
     *
     * @param changed is told each answer that may be another one than before
     */
    <T> BlockingQuery<T> blocking(Question<T> question, Consumer<T> changed) {
        return new BlockingQuery<>(question, http, thread, pacer(), changed, heard);
    }

    Pacer pacer() {
        return new Pacer(System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
    }
}
