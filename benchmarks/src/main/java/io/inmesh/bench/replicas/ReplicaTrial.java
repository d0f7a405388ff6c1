package io.inmesh.bench.replicas;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs the trial, prints a table, and fails if a call failed, an acknowledged change was lost, or an endpoint was missed. */
public final class ReplicaTrial {

    private static final int QUIET_SECONDS = 10;

    private ReplicaTrial() {}

    /**
     * Runs in a network namespace that it has for itself, as root there.
     *
     * @param arguments a folder prepared by {@code .ci/interop/replicas}, the folder of the project, how many processes, how many pages a second,
     *     {@code brief}, {@code full}, or a word of the names of the faults to try, and {@code disks} if disks can be made slow
     */
    public static void main(String[] arguments) throws Exception {
        List<Row> rows = new ArrayList<>();
        int processes = Integer.parseInt(arguments[2]);
        int rate = Integer.parseInt(arguments[3]);
        String which = arguments[4];
        long begun = System.nanoTime();
        try (Trial trial = new Trial(Path.of(arguments[0]), Path.of(arguments[1]), processes, rate)) {
            System.out.printf("all of it runs after %.0f s%n", (System.nanoTime() - begun) / 1e9);
            rows.add(trial.quiet(QUIET_SECONDS));
            for (Fault fault : faults(arguments[5].equals("disks"))) {
                if (which.equals("full")
                        || (which.equals("brief") ? fault.brief() : fault.name().contains(which))) {
                    rows.add(trial.run(fault));
                }
            }
            System.out.println(trial.summary());
        }
        System.out.println();
        System.out.printf(
                "%d processes hold streams, %d pages are asked for each second; load average of the machine %.1f on %d cores%n%n",
                processes,
                rate,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                Runtime.getRuntime().availableProcessors());
        System.out.println(Row.HEAD);
        rows.forEach(System.out::println);
        boolean holds = rows.stream().allMatch(Row::holds);
        System.out.println(holds ? "\nevery zero is one" : "\nsome zero is none: see ✗");
        System.exit(holds ? 0 : 1);
    }

    private static List<Fault> faults(boolean disks) {
        return disks
                ? Stream.concat(Faults.ofDisks().stream(), Faults.all().stream())
                        .toList()
                : Faults.all();
    }
}
