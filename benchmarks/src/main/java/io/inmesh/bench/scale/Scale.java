package io.inmesh.bench.scale;

import io.inmesh.xds.TypeUrls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What 100 to 5,000 connected processes cost one control server with 1,000 services and 50,000 endpoints: memory, and what a change and a
 * restart take.
 */
public final class Scale {

    /** Changes of each sort that count. */
    static final int CHANGES = 30;

    private static final List<Integer> STREAMS = List.of(100, 500, 1_000, 5_000);
    private static final String SCALED = Town.namespace(1);

    private final Server server;
    private final Fleet fleet;
    private final Member local;
    private final Member common;
    private final long idleHeap;

    private Scale(Server server, Fleet fleet) throws IOException, InterruptedException {
        this.server = server;
        this.fleet = fleet;
        this.local = fleet.another(1);
        this.common = fleet.another(0);
        server.apply(Town.rules());
        local.report(Town.service(0), true);
        common.report(Town.service(0), true);
        this.idleHeap = server.memory().heapBytes();
    }

    /**
     * Measures, prints a table and keeps it.
     *
     * @param arguments the folder for results, the control server's jar, then numbers of processes if not 100 to 5,000, and the jar of
     *     another version to compare with if wanted
     */
    public static void main(String[] arguments) throws Exception {
        List<Integer> streams = new ArrayList<>();
        List<Path> others = new ArrayList<>();
        Arrays.stream(arguments).skip(2).forEach(argument -> {
            if (argument.endsWith(".jar")) {
                others.add(Path.of(argument));
            } else {
                streams.add(Integer.parseInt(argument));
            }
        });
        List<Integer> counts = streams.isEmpty() ? STREAMS : streams;
        List<Stage> before = new ArrayList<>();
        if (!others.isEmpty()) {
            measure(others.get(0), counts, before, () -> {});
        }
        List<Stage> stages = new ArrayList<>();
        Path results = Path.of(arguments[0]);
        LocalDate today = LocalDate.now();
        // After each, as the most take long.
        measure(
                Path.of(arguments[1]),
                counts,
                stages,
                () -> ScaleTable.of(stages, before).store(results, "scale", today));
        System.out.println(Files.readString(results.resolve(today + "-scale.md")));
        System.exit(0);
    }

    /** What is done when a number of processes has been measured. */
    private interface Done {
        void run() throws IOException;
    }

    private static void measure(Path jar, List<Integer> counts, List<Stage> stages, Done done)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("inmesh-scale");
        try (Server server = new Server(folder, jar, Town.write(folder));
                Fleet fleet = new Fleet(server)) {
            Scale scale = new Scale(server, fleet);
            for (int count : counts) {
                System.err.println(LocalTime.now() + " " + count + " processes");
                stages.add(scale.stage(count, count == counts.get(counts.size() - 1)));
                done.run();
            }
        } finally {
            delete(folder);
        }
    }

    private Stage stage(int count, boolean last) throws IOException, InterruptedException {
        int before = fleet.size();
        long bytes = fleet.traffic().received();
        fleet.grow(count);
        double first = (fleet.traffic().received() - bytes) / (double) (count - before);
        long heap = server.memory().heapBytes();
        long offHeap = server.memory().offHeapBytes();
        long resident = server.memory().residentBytes();
        return new Stage(
                count,
                idleHeap,
                heap,
                offHeap,
                resident,
                first,
                rounds(count),
                last ? List.of(restart(count)) : List.of());
    }

    private List<Stage.Named> rounds(int count) throws IOException, InterruptedException {
        Round round = new Round(server, fleet);
        String ofOne = Town.endpoints(SCALED, Town.service(0));
        String ofAll = Town.endpoints(Town.COMMON, Town.service(0));
        String port = Integer.toString(Town.PORT);
        int inNamespace = fleet.having(TypeUrls.ENDPOINT, ofOne);
        return List.of(
                new Stage.Named(
                        "an endpoint of a service of one namespace",
                        round.run(
                                TypeUrls.ENDPOINT, ofOne, inNamespace, i -> local.report(Town.service(0), i % 2 != 0))),
                new Stage.Named(
                        "an endpoint of a service that all call",
                        round.run(TypeUrls.ENDPOINT, ofAll, count, i -> common.report(Town.service(0), i % 2 != 0))),
                new Stage.Named(
                        "a route of a service of one namespace",
                        round.run(TypeUrls.ROUTE, port, inNamespace, i -> server.apply(Town.rule(1, 100 + i)))),
                new Stage.Named(
                        "a route of a service that all call",
                        round.run(TypeUrls.ROUTE, port, count, i -> server.apply(Town.rule(0, 100 + i)))));
    }

    private Stage.Restart restart(int count) throws IOException, InterruptedException {
        long received = fleet.traffic().received();
        long sent = fleet.traffic().sent();
        long began = System.nanoTime();
        server.restart();
        double ready = (System.nanoTime() - began) / 1e9;
        double readyCpu = server.cpuNanos() / 1e9;
        fleet.awaitCurrent();
        return new Stage.Restart(
                ready,
                readyCpu,
                (System.nanoTime() - began) / 1e9,
                server.cpuNanos() / 1e9,
                (fleet.traffic().received() - received) / (double) count,
                (fleet.traffic().sent() - sent) / (double) count);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
