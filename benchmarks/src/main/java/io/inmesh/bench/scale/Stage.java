package io.inmesh.bench.scale;

import java.util.List;

/**
 * What was measured with a number of connected processes.
 *
 * @param streams how many
 * @param idleHeap bytes of live objects before they came
 * @param heap bytes of live objects
 * @param offHeap bytes of the machine's memory that are not the heap
 * @param resident bytes of the machine's memory
 * @param firstBytesPerStream bytes that a process was sent when it came
 * @param rounds changes, by what changed
 * @param restart what a restart of the server came to; only with the most processes
 */
record Stage(
        int streams,
        long idleHeap,
        long heap,
        long offHeap,
        long resident,
        double firstBytesPerStream,
        List<Named> rounds,
        List<Restart> restart) {

    /** A round and what it is called. */
    record Named(String name, Round.Result result) {}

    /**
     * A server that was killed and started again.
     *
     * @param readySeconds until it took connections
     * @param readyCpuSeconds processor time of the server until then
     * @param currentSeconds until the last process was current again
     * @param currentCpuSeconds processor time of the server until then
     * @param receivedPerStream bytes that each was sent
     * @param sentPerStream bytes that each sent
     */
    record Restart(
            double readySeconds,
            double readyCpuSeconds,
            double currentSeconds,
            double currentCpuSeconds,
            double receivedPerStream,
            double sentPerStream) {}

    Stage {
        rounds = List.copyOf(rounds);
        restart = List.copyOf(restart);
    }
}
