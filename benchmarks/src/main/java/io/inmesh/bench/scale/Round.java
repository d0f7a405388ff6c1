package io.inmesh.bench.scale;

import java.io.IOException;

/** Changes of one sort, one after the other, each when the one before has been acknowledged by all. */
final class Round {

    /** An even number: health goes to and fro. */
    private static final int WARM_UP = 6;

    private static final long REST_MILLIS = 100;
    private static final String CONVERGENCE = "inmesh_ads_convergence_seconds";

    /** Makes a change. */
    interface Change {
        void make(int number) throws IOException, InterruptedException;
    }

    /**
     * What a round came to.
     *
     * @param reached how many processes a change went to
     * @param millis from the beginning of each change to the last acknowledgement
     * @param bytes sent to all processes for one change
     * @param responses sent to all processes for one change
     * @param cpuMillis processor time of the server for one change
     * @param convergenceMillis what the server's own metric says a change took, on average
     */
    record Result(
            int reached, double[] millis, double bytes, double responses, double cpuMillis, double convergenceMillis) {}

    private final Server server;
    private final Fleet fleet;

    Round(Server server, Fleet fleet) {
        this.server = server;
        this.fleet = fleet;
    }

    /** Runs changes of a resource, after some that do not count; {@code reached} processes have it in the form that changes. */
    Result run(String typeUrl, String name, int reached, Change change) throws IOException, InterruptedException {
        int count = Scale.CHANGES;
        double[] millis = new double[count];
        long bytes = 0;
        long responses = 0;
        long cpu = 0;
        double sum = 0;
        double pushes = 0;
        for (int i = -WARM_UP; i < count; i++) {
            if (i == 0) {
                bytes = fleet.traffic().received();
                responses = fleet.traffic().responses();
                sum = server.metric(CONVERGENCE + "_sum");
                pushes = server.metric(CONVERGENCE + "_count");
                cpu = server.cpuNanos();
            }
            Watch watch = new Watch(typeUrl, name, reached);
            fleet.lookFor(watch);
            long began = System.nanoTime();
            change.make(i);
            double took = (watch.await() - began) / 1e6;
            if (i >= 0) {
                millis[i] = took;
            }
            Thread.sleep(REST_MILLIS);
        }
        fleet.lookFor(null);
        long cpuNanos = server.cpuNanos() - cpu;
        double pushed = server.metric(CONVERGENCE + "_count") - pushes;
        return new Result(
                reached,
                millis,
                (fleet.traffic().received() - bytes) / (double) count,
                (fleet.traffic().responses() - responses) / (double) count,
                cpuNanos / 1e6 / count,
                (server.metric(CONVERGENCE + "_sum") - sum) * 1e3 / pushed);
    }
}
