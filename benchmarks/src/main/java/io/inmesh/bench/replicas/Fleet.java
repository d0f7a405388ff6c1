package io.inmesh.bench.replicas;

import io.inmesh.Mesh;
import io.inmesh.client.ControlClient;
import io.inmesh.client.ControlClientBuilder;
import io.inmesh.spi.ControlPlane;
import io.inmesh.spi.ControlPlaneStatus;
import io.inmesh.spi.MeshLink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Processes with nothing in them but the mesh, all in this one: each joins, takes a certificate, registers and holds a stream of discovery of its
 * own, as the shop's do.
 */
final class Fleet implements AutoCloseable {

    private static final Duration JOIN_LIMIT = Duration.ofMinutes(2);
    private static final int FIRST_PORT = 20_000;
    private static final int NOTES = 5;
    /** How many join at once: a machine with two cores is to stand it. */
    private static final int TOGETHER = 20;

    private final Sightings sightings;
    private final List<Process> processes = new ArrayList<>();
    private final AtomicLong missed = new AtomicLong();
    private int serving;
    private final Queue<String> notes = new ConcurrentLinkedQueue<>();

    private Fleet(int count) {
        sightings = new Sightings(count);
    }

    /** {@return the name of a service of the fleet} */
    static String service(int number) {
        return "light-" + number;
    }

    /**
     * {@return processes that have joined and serve}
     *
     * @param count how many
     * @param services how many services they belong to, in turn
     * @param servers all control servers
     * @param tokens folder with a join token named after each service
     */
    static Fleet start(int count, int services, List<String> servers, Path tokens) throws IOException {
        Fleet fleet = new Fleet(count);
        for (int i = 0; i < count; i++) {
            String service = service(i % services);
            ControlClientBuilder client =
                    ControlClient.builder().service(service).tokenFile(tokens.resolve(service));
            servers.forEach(client::server);
            fleet.processes.add(fleet.new Process(i, client.build()));
            if (fleet.processes.size() % TOGETHER == 0 || fleet.processes.size() == count) {
                fleet.joined();
            }
        }
        return fleet;
    }

    /** Waits until all that were started have joined, and has those serve that do not yet. */
    private void joined() throws IOException {
        for (; serving < processes.size(); serving++) {
            Process process = processes.get(serving);
            if (!process.mesh.awaitReady(JOIN_LIMIT)) {
                throw new IOException("a light process did not join: " + process.client.status());
            }
            process.client.serve(Map.of("http", FIRST_PORT + process.number));
        }
    }

    Sightings sightings() {
        return sightings;
    }

    /** {@return whether all are connected} */
    boolean connected() {
        return processes.stream().allMatch(process -> process.client.status().connected());
    }

    /** {@return how many processes each server has} */
    Map<String, Long> byServer() {
        return processes.stream()
                .map(process -> process.client.status())
                .filter(ControlPlaneStatus::connected)
                .collect(Collectors.groupingBy(ControlPlaneStatus::server, TreeMap::new, Collectors.counting()));
    }

    /** {@return the fewest endpoints that any sees} */
    int fewestEndpoints() {
        return processes.stream().mapToInt(Process::endpoints).min().orElse(0);
    }

    /** {@return how often an endpoint went from a process's sight, over all processes} */
    long missed() {
        return missed.get();
    }

    /** {@return the first of what was missed since this was asked last} */
    List<String> takeNotes() {
        List<String> taken = new ArrayList<>(notes);
        notes.clear();
        return taken;
    }

    @Override
    public void close() {
        processes.parallelStream().forEach(process -> process.mesh.close());
    }

    /** One process. */
    private final class Process implements ControlPlane, Watched.Watcher {
        private final int number;
        private final ControlClient client;
        private final Mesh mesh;
        private volatile @Nullable Watched watched;

        Process(int number, ControlClient client) {
            this.number = number;
            this.client = client;
            this.mesh = Mesh.builder().controlPlane(this).build();
        }

        int endpoints() {
            Watched link = watched;
            return link == null ? 0 : link.count();
        }

        @Override
        public void sees(long change) {
            sightings.sees(number, change, System.nanoTime());
        }

        @Override
        public void misses(String endpoint) {
            missed.incrementAndGet();
            if (notes.size() < NOTES) {
                notes.add("process " + number + " at " + client.status().server() + " misses " + endpoint);
            }
        }

        @Override
        public void start(MeshLink link) {
            Watched spied = new Watched(link, this);
            watched = spied;
            client.start(spied);
        }

        @Override
        public void serve(Map<String, Integer> ports) {
            client.serve(ports);
        }

        @Override
        public CompletionStage<Void> drain() {
            return client.drain();
        }

        @Override
        public Map<String, String> labels() {
            return client.labels();
        }

        @Override
        public ControlPlaneStatus status() {
            return client.status();
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
