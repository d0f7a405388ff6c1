package io.inmesh.bench.simulation;

import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.spi.MeshStatus.ClusterStatus;
import io.inmesh.spi.MeshStatus.EndpointStatus;
import io.inmesh.testkit.simulation.ClientProcess;
import io.inmesh.testkit.simulation.Clients;
import io.inmesh.testkit.simulation.Fleet;
import io.inmesh.testkit.simulation.FleetSpec;
import io.inmesh.testkit.simulation.ProcessSpec;
import io.inmesh.testkit.simulation.Replica;
import io.inmesh.testkit.simulation.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;

/** The most replicas that any of 20 clients had out of rotation at once, while every replica of 20 fails a share of its requests. */
final class EjectionFloor implements Scenario {

    private static final int REPLICAS = 20;

    @Override
    public String name() {
        return "ejection-floor";
    }

    @Override
    public Table answer(Runs runs, Effort effort) {
        List<Integer> caps = List.of(0, 10, 50, 100);
        Table table = new Table(List.of("most ejected at once, of 20", "maxEjectionPercent 0", "10", "50", "100"));
        for (double failing : List.of(0.3, 0.7, 1.0)) {
            List<Future<Integer>> cells = caps.stream()
                    .map(cap -> runs.start(() -> effort.seeds().stream()
                            .mapToInt(seed -> mostEjected(seed, failing, cap, effort))
                            .max()
                            .orElseThrow()))
                    .toList();
            List<String> texts =
                    cells.stream().map(cell -> Runs.result(cell).toString()).toList();
            table.row(List.of(
                    "every replica fails " + Math.round(failing * 100) + " %",
                    texts.get(0),
                    texts.get(1),
                    texts.get(2),
                    texts.get(3)));
        }
        return table;
    }

    private static int mostEjected(long seed, double failing, int cap, Effort effort) {
        Simulation simulation = Simulation.seeded(seed);
        Fleet fleet = simulation.fleet("reviews", FleetSpec.of(REPLICAS));
        for (Replica replica : fleet.replicas()) {
            replica.failing(failing, Duration.ofMillis(2));
        }
        OutlierDetectionConfig asked = capped(cap);
        Clients clients = simulation.clients(
                20,
                ProcessSpec.calling(fleet)
                        .cluster(cluster -> cluster.withOutlierDetection(asked))
                        .route(route -> route.withRetry(RetryConfig.NONE)));
        clients.load(fleet, 5000, Duration.ofSeconds(1));
        int[] most = {0};
        simulation.every(Duration.ofMillis(10), () -> {
            for (ClientProcess process : clients.processes()) {
                most[0] = Math.max(most[0], ejected(process));
            }
        });
        simulation.run(effort.warmUp(), effort.measured());
        return most[0];
    }

    private static OutlierDetectionConfig capped(int percent) {
        OutlierDetectionConfig usual = OutlierDetectionConfig.DEFAULT;
        return new OutlierDetectionConfig(
                usual.consecutive5xx(),
                usual.consecutiveGateway(),
                usual.splitLocalOrigin(),
                usual.consecutiveLocalOrigin(),
                usual.interval(),
                usual.baseEjectionTime(),
                usual.maxEjectionTime(),
                percent,
                usual.minHealthPercent());
    }

    private static int ejected(ClientProcess process) {
        int count = 0;
        for (ClusterStatus cluster : process.mesh().status().clusters()) {
            for (EndpointStatus endpoint : cluster.endpoints()) {
                count += endpoint.ejected() ? 1 : 0;
            }
        }
        return count;
    }
}
