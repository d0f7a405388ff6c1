package io.inmesh.bench.macro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What all processor cores did so far, in ticks of 10 ms.
 *
 * @param busy worked, for whomever
 * @param stolen wanted to work, but the hypervisor gave the core to somebody else
 * @param all passed
 */
record HostLoad(long busy, long stolen, long all) {

    private static final Path STAT = Path.of("/proc/stat");
    private static final double NANOS_PER_TICK = 1e7;

    /** {@return the counters of this moment; zeros where the system has none} */
    static HostLoad now() throws IOException {
        if (!Files.isReadable(STAT)) {
            return new HostLoad(0, 0, 0);
        }
        String first = Files.readString(STAT).lines().findFirst().orElse("");
        String[] fields = first.split("\\s+");
        // Source: proc(5): cpu user nice system idle iowait irq softirq steal.
        long[] ticks = new long[9];
        for (int i = 1; i < ticks.length && i < fields.length; i++) {
            ticks[i] = Long.parseLong(fields[i]);
        }
        long busy = ticks[1] + ticks[2] + ticks[3] + ticks[6] + ticks[7];
        return new HostLoad(busy, ticks[8], busy + ticks[8] + ticks[4] + ticks[5]);
    }

    HostLoad since(HostLoad before) {
        return new HostLoad(busy - before.busy, stolen - before.stolen, all - before.all);
    }

    /** {@return share of the time that the hypervisor took} */
    double stolenShare() {
        return all == 0 ? 0 : (double) stolen / all;
    }

    /** {@return share of the time that other programs took, given what ours used} */
    double foreignShare(long ownCpuNanos) {
        return all == 0 ? 0 : Math.max(0, (busy - ownCpuNanos / NANOS_PER_TICK) / all);
    }
}
