package io.inmesh.bench.replicas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Lets processes wait each time they ask for what they have written to be on the disk, which is what a slow disk means to etcd. Needs strace
 * and leave to attach it, and makes their other system calls somewhat slower, too.
 */
final class SlowDisk {

    private static final long LOOK_AGAIN_MILLIS = 10;

    private SlowDisk() {}

    /**
     * {@return what makes the disks as fast as before}
     *
     * @param each is how much longer a sync takes
     */
    static Fault.Undo of(Duration each, Member... members) throws IOException, InterruptedException {
        List<Process> tracers = new ArrayList<>();
        for (Member member : members) {
            tracers.add(attach(each, member.pid()));
        }
        return () -> {
            for (Process tracer : tracers) {
                tracer.destroy();
                tracer.waitFor();
            }
        };
    }

    private static Process attach(Duration each, long pid) throws IOException, InterruptedException {
        Process tracer = new ProcessBuilder(
                        "strace",
                        "--follow-forks",
                        "--quiet=all",
                        "--output=/dev/null",
                        "--trace=fsync,fdatasync",
                        "--inject=fsync,fdatasync:delay_enter=" + each.toMillis() + "ms",
                        "--attach=" + pid)
                .inheritIO()
                .start();
        while (!traced(pid, tracer.pid())) {
            if (!tracer.isAlive()) {
                throw new IOException("strace cannot be attached; it says why on standard error");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        }
        return tracer;
    }

    private static boolean traced(long pid, long tracer) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))
                .contains("TracerPid:\t" + tracer);
    }
}
