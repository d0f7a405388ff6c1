package io.inmesh.bench.macro;

import io.inmesh.Mesh;
import io.inmesh.bench.process.Child;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.okhttp.MeshOkHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Five real processes, of which one is slow and one fails half of its requests, called by OkHttp with each algorithm in turn: what each makes of it by
 * itself, and what is left once retries and outlier detection are on.
 */
public final class SickFleet {

    private static final int REPLICAS = 5;
    private static final int CLIENTS = 4;
    private static final String WORK_MILLIS = "5";
    private static final String SLOW_MILLIS = "100";
    private static final double CALLS_PER_SECOND = 300;
    private static final long TURN_NANOS = Duration.ofSeconds(3).toNanos();
    private static final int ROUNDS = 10;

    private SickFleet() {}

    /** One way to call. */
    private record Way(LoadBalancer algorithm, boolean guarded) {
        String label() {
            return algorithm.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                    + (guarded ? ", retries and outlier detection" : "");
        }
    }

    /**
     * Measures, prints a table and keeps it.
     *
     * @param arguments the folder for results, and how many rounds if not ten
     */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : ROUNDS;
        List<Child> replicas = new ArrayList<>();
        try {
            List<Integer> ports = start(replicas);
            String table = table(compare(ports, rounds));
            System.out.println(table);
            Path results = Files.createDirectories(Path.of(arguments[0])).resolve("sick-fleet.md");
            Files.writeString(results, table + "\n");
        } finally {
            replicas.forEach(Child::close);
        }
        System.exit(0);
    }

    private static List<Integer> start(List<Child> replicas) throws IOException {
        Path folder = Files.createTempDirectory("sick-fleet");
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < REPLICAS; i++) {
            Child replica = Child.ofThisProgram(
                    "replica-" + i,
                    folder.resolve(i + ".log"),
                    Map.of(),
                    ReplicaServer.class,
                    i == 0 ? SLOW_MILLIS : WORK_MILLIS,
                    i == 1 ? "0.5" : "0");
            replicas.add(replica);
            ports.add(Integer.parseInt(replica.answer()));
        }
        return ports;
    }

    private static Map<Way, List<Sample>> compare(List<Integer> ports, int rounds) throws Exception {
        Map<Way, Load> loads = new LinkedHashMap<>();
        for (boolean guarded : List.of(false, true)) {
            for (LoadBalancer algorithm : LoadBalancer.values()) {
                if (!hashes(algorithm)) {
                    Way way = new Way(algorithm, guarded);
                    loads.put(way, Load.expectingFailures(caller(ports, way)));
                }
            }
        }
        Map<Way, List<Sample>> samples = new LinkedHashMap<>();
        for (Load load : loads.values()) {
            load.open(CALLS_PER_SECOND, TURN_NANOS, 0);
        }
        Random order = new Random(1);
        for (int round = 1; round <= rounds; round++) {
            List<Way> ways = new ArrayList<>(loads.keySet());
            Collections.shuffle(ways, order);
            for (Way way : ways) {
                Sample sample = Objects.requireNonNull(loads.get(way)).open(CALLS_PER_SECOND, TURN_NANOS, round);
                samples.computeIfAbsent(way, key -> new ArrayList<>()).add(sample);
            }
        }
        loads.values().forEach(Load::close);
        Map<Way, List<Sample>> ordered = new LinkedHashMap<>();
        loads.keySet().forEach(way -> ordered.put(way, samples.get(way)));
        return ordered;
    }

    private static boolean hashes(LoadBalancer algorithm) {
        return algorithm.name().equals("RING_HASH") || algorithm.name().equals("MAGLEV");
    }

    /** {@return a caller that takes turns among a few processes' worth of meshes, none of which knows what the others send} */
    private static Caller caller(List<Integer> ports, Way way) {
        List<OkHttpClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(MeshOkHttp.wrap(
                    new OkHttpClient.Builder()
                            .connectionPool(new ConnectionPool(64, 1, TimeUnit.MINUTES))
                            .build(),
                    Mesh.of(config(ports, way))));
        }
        Request request = new Request.Builder().url("http://reviews/").build();
        AtomicInteger next = new AtomicInteger();
        return () -> {
            OkHttpClient client = clients.get(Math.floorMod(next.getAndIncrement(), CLIENTS));
            try (Response response = client.newCall(request).execute()) {
                if (response.code() != 200) {
                    throw new IOException("HTTP " + response.code());
                }
                response.body().bytes();
            }
        };
    }

    private static MeshConfig config(List<Integer> ports, Way way) {
        List<EndpointConfig> endpoints =
                ports.stream().map(port -> EndpointConfig.of("127.0.0.1", port)).toList();
        ClusterConfig cluster =
                ClusterConfig.of("reviews").withEndpoints(endpoints).withLoadBalancer(way.algorithm());
        RetryConfig retry = way.guarded()
                ? RetryConfig.DEFAULT.withConditions(Set.of(Condition.GATEWAY_ERROR, Condition.CONNECT_FAILURE))
                : RetryConfig.NONE;
        return MeshConfig.builder()
                .cluster(way.guarded() ? cluster.withOutlierDetection(OutlierDetectionConfig.DEFAULT) : cluster)
                .virtualHost(VirtualHostConfig.of(
                        "reviews", RouteConfig.to("reviews").withRetry(retry).withTimeout(Duration.ofSeconds(2))))
                .build();
    }

    private static String table(Map<Way, List<Sample>> samples) {
        StringBuilder table = new StringBuilder(
                "| algorithm | errors % | p50 ms | p99 ms | p99.9 ms |\n" + "| --- | ---: | ---: | ---: | ---: |\n");
        samples.forEach((way, taken) -> {
            long failed = taken.stream()
                    .mapToLong(sample -> sample.errors() + sample.unsent())
                    .sum();
            long made = failed + taken.stream().mapToLong(Sample::calls).sum();
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f | %.1f | %.1f | %.1f |%n",
                    way.label(),
                    100.0 * failed / made,
                    median(taken, Sample::p50Nanos),
                    median(taken, Sample::p99Nanos),
                    median(taken, Sample::p999Nanos)));
        });
        return table.toString().stripTrailing();
    }

    private static double median(List<Sample> samples, ToLongFunction<Sample> measure) {
        long[] sorted = samples.stream().mapToLong(measure).sorted().toArray();
        return sorted[sorted.length / 2] / 1e6;
    }
}
