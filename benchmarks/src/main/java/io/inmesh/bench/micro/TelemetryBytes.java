package io.inmesh.bench.micro;

import com.sun.management.ThreadMXBean;
import io.inmesh.bench.micro.Told.Kind;
import io.inmesh.bench.report.Estimate;
import io.inmesh.bench.report.Goal;
import io.inmesh.bench.report.Report;
import io.inmesh.bench.report.Row;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the bytes that telemetry adds to a call, by adapter, and those that libraries allocate for what is asked of them. Bytes are
 * counted, not timed, so that it does not matter what else the machine does once everything is compiled.
 */
public final class TelemetryBytes {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    // Few enough for the queues of spans and of lines.
    private static final int CHUNK = 500;
    private static final Goal BUDGET = Goal.atMost(300);

    private TelemetryBytes() {}

    /** Something that is done again and again. */
    interface Once {
        /** Does it. */
        void run() throws IOException;
    }

    /**
     * Runs.
     *
     * @param arguments folder for results; {@code quick} for fewer calls
     */
    public static void main(String[] arguments) throws IOException {
        int chunks = arguments.length > 1 && arguments[1].equals("quick") ? 100 : 600;
        List<Row> rows = new ArrayList<>();
        for (Way way : Way.values()) {
            // For the compiler alone: what comes first is compiled worse.
            bytes(way, Kind.ALL_TRACES, chunks);
            double silent = 0;
            for (Kind kind : Kind.values()) {
                double bytes = bytes(way, kind, chunks);
                if (kind == Kind.OFF) {
                    silent = bytes;
                    rows.add(row(way.text() + ", with " + kind.text(), bytes, Goal.NONE));
                } else {
                    rows.add(row(way.text() + ": " + kind.text(), bytes - silent, BUDGET));
                }
            }
        }
        for (LibraryPart part : LibraryPart.values()) {
            rows.add(row(part.text(), bytes(part::once, LibraryPart::flush, chunks), Goal.NONE));
        }
        List<String> notes = List.of(
                "Bytes allocated by all threads of a process, for each of " + counted(chunks) * CHUNK + " calls after "
                        + (chunks - counted(chunks)) * CHUNK
                        + " that were not counted. What is answered, is answered inside"
                        + " the process, so no transport is counted.",
                "The first line of each way to call is what a call takes with everything off; those below say what comes on top.",
                "Spans and lines of the access log are made, queued and thrown away: exporters and logging libraries come on top.",
                "Lines in the names of libraries are what these allocate by themselves when asked for the same.");
        Report report = new Report("What telemetry adds to a call, in bytes", rows, notes);
        System.out.println(report.store(Path.of(arguments[0]), "telemetry-bytes", LocalDate.now()));
    }

    static double bytes(Way way, Kind kind, int chunks) throws IOException {
        try (Told told = new Told(kind);
                Way.Calling calling = way.calling(told.mesh())) {
            return bytes(calling::call, () -> told.told(CHUNK), chunks);
        }
    }

    /** {@return what doing it once allocates, by the last quarter of all times} */
    static double bytes(Once once, Runnable afterChunk, int chunks) throws IOException {
        Map<Long, Long> before = Map.of();
        for (int chunk = 0; chunk < chunks; chunk++) {
            if (chunk == chunks - counted(chunks)) {
                before = allocated();
            }
            for (int i = 0; i < CHUNK; i++) {
                once.run();
            }
            afterChunk.run();
        }
        return (double) since(before) / counted(chunks) / CHUNK;
    }

    /** {@return of so many chunks those that are counted; before them the compiler has its time} */
    private static int counted(int chunks) {
        return chunks / 4;
    }

    /** {@return by thread what it has allocated so far} */
    private static Map<Long, Long> allocated() {
        long[] threads = THREADS.getAllThreadIds();
        long[] bytes = THREADS.getThreadAllocatedBytes(threads);
        Map<Long, Long> allocated = new HashMap<>();
        for (int i = 0; i < threads.length; i++) {
            allocated.put(threads[i], Math.max(0, bytes[i]));
        }
        return allocated;
    }

    /** {@return what has been allocated since then, by the threads that are left: one that has ended takes its count along} */
    private static long since(Map<Long, Long> before) {
        return allocated().entrySet().stream()
                .mapToLong(now -> Math.max(0, now.getValue() - before.getOrDefault(now.getKey(), 0L)))
                .sum();
    }

    private static Row row(String subject, double bytes, Goal goal) {
        return Row.of(subject, "allocation", "B", Estimate.exactly(bytes), goal);
    }
}
