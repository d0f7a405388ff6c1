package io.inmesh.server.ads;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/**
 * Who may be answered at length: one call of a connection at a time. What a connection does not read is kept once for it, however many
 * calls it makes; the others wait, which costs nothing but themselves. Safe for use by several threads.
 */
final class AnswerTurns {

    private record Waiting(Object call, Runnable answer) {}

    /** Calls that wait, by connection; one without any is answered at this moment, or reads its answer. */
    private final Map<String, Queue<Waiting>> waiting = new HashMap<>();

    /**
     * Has a call answered, now or when those of its connection that came before have been.
     *
     * @param call which call it is
     * @param answer begins to; whoever is called has to see that {@link #over} is called once, whatever comes of it
     */
    void await(String connection, Object call, Runnable answer) {
        synchronized (waiting) {
            Queue<Waiting> before = waiting.get(connection);
            if (before != null) {
                before.add(new Waiting(call, answer));
                return;
            }
            waiting.put(connection, new ArrayDeque<>());
        }
        answer.run();
    }

    /** A call waits no longer: whoever made it is gone. One that has been called already goes on. */
    void leave(String connection, Object call) {
        synchronized (waiting) {
            Queue<Waiting> others = waiting.get(connection);
            if (others != null) {
                others.removeIf(other -> other.call() == call);
            }
        }
    }

    /** An answer has been read, or will never be. */
    void over(String connection) {
        Waiting next;
        synchronized (waiting) {
            Queue<Waiting> others = waiting.get(connection);
            next = others == null ? null : others.poll();
            if (next == null) {
                waiting.remove(connection);
            }
        }
        if (next != null) {
            next.answer().run();
        }
    }
}
