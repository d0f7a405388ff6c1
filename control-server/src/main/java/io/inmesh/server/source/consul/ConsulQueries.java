package io.inmesh.server.source.consul;

import com.fasterxml.jackson.databind.JsonNode;
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
    BlockingQuery blocking(String path, Consumer<JsonNode> changed) {
        return new BlockingQuery(path, http, thread, pacer(), changed, heard);
    }

    Pacer pacer() {
        return new Pacer(System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** {@return the path of the instances of a service, with their checks} */
    static String instances(String service) {
        return ConsulHttp.INSTANCES + ConsulHttp.encoded(service);
    }
}
