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

    /** Calls that wait, by connection; one without any is answered at this moment, or reads its answer. */
    private final Map<String, Queue<Runnable>> waiting = new HashMap<>();

    /**
     * Has a call answered, now or when those of its connection that came before have been.
     *
     * @param answer begins to; whoever is called has to see that {@link #over} is called once, whatever comes of it
     */
    void await(String connection, Runnable answer) {
        synchronized (waiting) {
            Queue<Runnable> before = waiting.get(connection);
            if (before != null) {
                before.add(answer);
                return;
            }
            waiting.put(connection, new ArrayDeque<>());
        }
        answer.run();
    }

    /** An answer has been read, or will never be. */
    void over(String connection) {
        Runnable next;
        synchronized (waiting) {
            Queue<Runnable> others = waiting.get(connection);
            next = others == null ? null : others.poll();
            if (next == null) {
                waiting.remove(connection);
            }
        }
        if (next != null) {
            next.run();
        }
    }
}
