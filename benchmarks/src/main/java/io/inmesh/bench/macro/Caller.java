package io.inmesh.bench.macro;

/** Makes one call to the backend and waits for its whole answer. Used by many threads. */
interface Caller {

    /**
     * Calls.
     *
     * @throws Exception if there is no answer, or another one than expected
     */
    void call() throws Exception;
}
