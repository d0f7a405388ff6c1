package io.inmesh.testkit.simulation;

import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A service of some replicas. Its name is the host to call and the name of the cluster; a replica's port is its number plus one. */
public final class Fleet {

    private final String name;
    private final FleetSpec spec;
    private final List<Replica> replicas = new ArrayList<>();

    Fleet(String name, FleetSpec spec, VirtualTime time, SplittableRandom random) {
        this.name = name;
        this.spec = spec;
        for (int i = 0; i < spec.replicas(); i++) {
            replicas.add(new Replica(i, time, random.split(), spec));
        }
    }

    /** {@return its name, which is also its host and cluster} */
    public String name() {
        return name;
    }

    /** {@return its replicas} */
    public List<Replica> replicas() {
        return List.copyOf(replicas);
    }

    /** {@return one of its replicas, from 0} */
    public Replica replica(int index) {
        return replicas.get(index);
    }

    /** {@return requests per second that all workers together can serve while nothing is wrong, estimated from 100,000 draws} */
    public double capacity() {
        SplittableRandom random = new SplittableRandom(1);
        double total = 0;
        int draws = 100_000;
        for (int i = 0; i < draws; i++) {
            total += spec.serviceTime().drawNanos(random);
        }
        return TimeUnit.SECONDS.toNanos(1) * (double) spec.workers() * spec.replicas() * draws / total;
    }

    /** {@return requests that arrived at its replicas} */
    public long received() {
        return replicas.stream().mapToLong(Replica::received).sum();
    }

    /**
     * Makes every request of this fleet call another before it is answered; the worker waits for the answer.
     *
     * @param next whom
     * @param processes makes the process of each replica
     */
    public void callsOn(Fleet next, Supplier<ClientProcess> processes) {
        for (Replica replica : replicas) {
            ClientProcess own = processes.get();
            replica.backend((cause, done) -> own.call(next, cause.deadlineNanos(), done));
        }
    }

    /** {@return its endpoints as a cluster, before the caller's own settings} */
    ClusterConfig cluster(UnaryOperator<ClusterConfig> settings) {
        List<EndpointConfig> endpoints = new ArrayList<>();
        for (Replica replica : replicas) {
            endpoints.add(EndpointConfig.of(name, replica.index() + 1));
        }
        return settings.apply(ClusterConfig.of(name).withEndpoints(endpoints));
    }

    Replica at(int port) {
        return replicas.get(port - 1);
    }
}
