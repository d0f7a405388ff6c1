package io.inmesh.call;

/** What may end a wait before its time. */
public interface Wakeup {

    /**
     * Runs an action once, when there is nothing left to wait for: at once on this thread if that is so already, else on the thread that
     * brings it about. To be called at most once per wait.
     *
     * @param action must be short, must not block, and must not go on with the call itself
     */
    void whenReady(Runnable action);
}
