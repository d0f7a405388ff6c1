package io.inmesh.testkit.simulation;

import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import java.util.Map;
import java.util.function.Consumer;

/** One attempt on its way through a replica. */
final class Request {

    private final Attempt attempt;
    private final Map<String, String> headers;
    private final long arrivedNanos;
    private final Consumer<Outcome> reply;
    private int arrivedAt;
    private long takenUpNanos;

    /**
     * Makes one.
     *
     * @param attempt what the engine sent
     * @param headers what it added to the request
     * @param arrivedNanos virtual time of arrival
     * @param reply takes the answer back to the caller
     */
    Request(Attempt attempt, Map<String, String> headers, long arrivedNanos, Consumer<Outcome> reply) {
        this.attempt = attempt;
        this.headers = headers;
        this.arrivedNanos = arrivedNanos;
        this.reply = reply;
    }

    Map<String, String> headers() {
        return headers;
    }

    long arrivedNanos() {
        return arrivedNanos;
    }

    long deadlineNanos() {
        return attempt.deadlineNanos();
    }

    /** {@return what the replica's load meter said when it arrived} */
    int arrivedAt() {
        return arrivedAt;
    }

    void arrivedAt(int requests) {
        arrivedAt = requests;
    }

    /** {@return virtual time at which a worker took it up} */
    long takenUpNanos() {
        return takenUpNanos;
    }

    void takenUpNanos(long nanos) {
        takenUpNanos = nanos;
    }

    boolean abandoned(long nowNanos) {
        return deadlineNanos() != Long.MAX_VALUE && deadlineNanos() - nowNanos <= 0;
    }

    void reply(Outcome outcome) {
        reply.accept(outcome);
    }
}
