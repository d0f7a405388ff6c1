package io.inmesh.bench.analyze;

import com.sun.management.OperatingSystemMXBean;
import io.inmesh.server.ctl.MeshCtl;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * One {@code meshctl analyze} in a process that has just begun, as on a developer's machine. Prints the exit status, how many lines were
 * told, and the milliseconds it took without the start of the JVM: by the clock, and of the processor in all threads.
 */
public final class AnalyzeOnce {

    private AnalyzeOnce() {}

    /**
     * Judges files.
     *
     * @param arguments the folder they are in
     */
    public static void main(String[] arguments) {
        PrintStream console = System.out;
        Lines lines = new Lines();
        System.setOut(new PrintStream(lines, false, StandardCharsets.UTF_8));
        OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long cpu = machine.getProcessCpuTime();
        long began = System.nanoTime();
        int status = MeshCtl.run(new CommandLine(new MeshCtl()), "analyze", "-f", arguments[0]);
        System.out.flush();
        double wall = (System.nanoTime() - began) / 1e6;
        console.println(status + " " + lines.count + " " + wall + " " + (machine.getProcessCpuTime() - cpu) / 1e6);
    }

    /** Counts lines and forgets them. */
    private static final class Lines extends OutputStream {
        private int count;

        @Override
        public void write(int one) {
            if (one == '\n') {
                count++;
            }
        }
    }
}
