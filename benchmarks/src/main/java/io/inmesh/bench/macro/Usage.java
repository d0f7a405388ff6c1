package io.inmesh.bench.macro;

import com.sun.management.ThreadMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this process has used so far.
 *
 * @param nanos monotonic time of the look
 * @param cpuNanos processor time of the Java threads alive now; not that of compiler and collector, which is high while a process is
 *     young and says nothing about calls
 * @param allocatedBytes allocated by the threads alive now
 * @param gcMillis time in garbage collection
 */
record Usage(long nanos, long cpuNanos, long allocatedBytes, long gcMillis) {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** {@return the use of this moment} */
    static Usage now() {
        long allocated = 0;
        for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
            allocated += Math.max(0, bytes);
        }
        long collecting = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collecting += Math.max(0, collector.getCollectionTime());
        }
        return new Usage(System.nanoTime(), javaCpuNanos(), allocated, collecting);
    }

    /** {@return processor time of the Java threads alive now} */
    static long javaCpuNanos() {
        long sum = 0;
        for (long nanos : THREADS.getThreadCpuTime(THREADS.getAllThreadIds())) {
            sum += Math.max(0, nanos);
        }
        return sum;
    }

    /** {@return the use since an earlier look} */
    Usage since(Usage before) {
        return new Usage(
                nanos - before.nanos,
                cpuNanos - before.cpuNanos,
                allocatedBytes - before.allocatedBytes,
                gcMillis - before.gcMillis);
    }
}
