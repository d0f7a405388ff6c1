package io.inmesh.server.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.model.Resource;
import io.inmesh.server.source.Damping;
import io.inmesh.server.source.kubernetes.KubernetesSettings;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.FollowedTables;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Origin;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configuration that Kubernetes clusters keep. One of the servers on a store follows the clusters and writes what they hold to the
 * store, beside what is kept there itself; each resource is changed where it is kept, and who has a name first keeps it. Safe for use by
 * several threads.
 */
public final class ClusterConfigs implements AutoCloseable {

    /** The table of the store with the reports on clusters; to be followed. */
    public static final String TABLE = "cluster-configuration";

    private static final Logger LOG = LoggerFactory.getLogger(ClusterConfigs.class);

    private final List<ClusterConfig> clusters;
    private final ClusterReports reports;
    private final Supplier<ConfigView> view;
    private final Predicate<Origin> abandoned;

    /**
     * A cluster of the settings.
     *
     * @param name the source's name
     * @param settings the source's settings
     */
    public record Entry(String name, KubernetesSettings settings) {}

    /**
     * What all clusters share.
     *
     * @param writer where their resources go
     * @param fence what has to be so for what only the leader may do; empty if this server does not lead
     * @param another whether another server leads
     * @param damping how fast resources go that have vanished without a word
     * @param services the services of other registries; another object if they are others
     * @param shown a resource with the status that the REST API shows
     * @param clock wall-clock time
     * @param meters where is counted what happens
     * @param lookAgain how often a cluster is asked which kinds it knows
     * @param analyzeAtMostEvery how often the whole configuration is judged for statuses, at most
     */
    public record Parts(
            ConfigWriter writer,
            Supplier<Optional<Guard>> fence,
            BooleanSupplier another,
            Damping damping,
            Supplier<?> services,
            BiFunction<Resource, ConfigView, JsonNode> shown,
            InstantSource clock,
            MeterRegistry meters,
            Duration lookAgain,
            Duration analyzeAtMostEvery) {

        /** How often a cluster is asked which kinds it knows, unless a test knows better. */
        public static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

        /** How often the whole configuration is judged for statuses, unless a test knows better. */
        public static final Duration ANALYZE = Duration.ofSeconds(5);
    }

    /** Asks nobody before {@link #start}. */
    public ClusterConfigs(List<Entry> entries, Parts parts, FollowedTables tables) {
        this.reports = new ClusterReports(tables);
        this.view = parts.writer().store()::view;
        this.abandoned = abandoned(entries);
        this.clusters = entries.stream()
                .map(entry -> new ClusterConfig(entry, parts, reports))
                .toList();
    }

    /**
     * {@return whether somebody who keeps resources is a cluster that the settings do not name (any more), so that everybody may change
     * them}
     */
    public static Predicate<Origin> abandoned(List<Entry> entries) {
        List<String> names = entries.stream().map(Entry::name).toList();
        return keeper -> keeper.isCluster() && !names.contains(keeper.cluster());
    }

    /** Begins, and returns at once. */
    void start() {
        clusters.forEach(ClusterConfig::start);
    }

    /**
     * Begins, and waits as {@link #awaitFirst} does.
     *
     * @param most how long at most
     */
    public void begin(Duration most) throws InterruptedIOException {
        start();
        awaitFirst(most);
    }

    /**
     * Waits until every cluster has been read once, ever. A server that lets clients in before would take them for what is true without
     * the cluster's rules.
     *
     * @param most how long at most
     */
    void awaitFirst(Duration most) throws InterruptedIOException {
        long end = System.nanoTime() + most.toNanos();
        try {
            for (ClusterConfig cluster : clusters) {
                if (!cluster.heard().await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    LOG.warn(
                            "the configuration of cluster {} could not be read; clients are let in without it",
                            cluster.name());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the configuration of clusters");
        }
    }

    /** {@return how it is with every cluster of the settings, in their order} */
    public List<ClusterReport> reports() {
        return clusters.stream().map(cluster -> reports.of(cluster.name())).toList();
    }

    /** {@return how many resources are kept by clusters that the settings do not name, by the cluster's name} */
    public Map<String, Integer> abandoned() {
        Map<String, Integer> counts = new TreeMap<>();
        view.get().all().stream()
                .map(Origin::of)
                .filter(abandoned)
                .forEach(keeper -> counts.merge(keeper.cluster(), 1, Integer::sum));
        return counts;
    }

    /** Ends all; what was taken stays. */
    @Override
    public void close() {
        clusters.forEach(ClusterConfig::close);
    }
}
