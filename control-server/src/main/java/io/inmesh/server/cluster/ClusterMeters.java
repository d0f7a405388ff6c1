package io.inmesh.server.cluster;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What is counted of the configuration of one cluster, with tag {@code source}. Every server shows how it is with the cluster, as the
 * leader has reported it; only the leader counts what it does. Safe for use by several threads.
 */
final class ClusterMeters {
    private final String source;
    private final MeterRegistry meters;
    private final InstantSource clock;
    private final Instant started;
    private final Counter lists;
    private final Counter watches;
    private final Counter statuses;
    private final Counter statusFailures;

    ClusterMeters(String source, MeterRegistry meters, InstantSource clock) {
        this.source = source;
        this.meters = meters;
        this.clock = clock;
        this.started = clock.instant();
        this.lists = counter("inmesh.cluster.lists", "lists of all objects of a kind that were read from a cluster");
        this.watches = counter(
                "inmesh.cluster.watches",
                "watches of a kind that a cluster has begun; each ends after five to six minutes and is followed by one");
        this.statuses = counter("inmesh.cluster.statuses", "statuses that were written to a cluster");
        this.statusFailures =
                counter("inmesh.cluster.status.failures", "statuses that a cluster has not taken, each time");
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name)
                .tag("source", source)
                .description(description)
                .register(meters);
    }

    /** Shows how it is with the cluster. */
    void show(Supplier<ClusterReport> report) {
        gauge(report, "inmesh.cluster.kinds", "kinds of the mesh that a cluster knows", ClusterReport::kinds);
        gauge(report, "inmesh.cluster.objects", "objects of these kinds", ClusterReport::objects);
        gauge(report, "inmesh.cluster.refused", "objects of a cluster that are not taken", ClusterReport::refusals);
        gauge(
                report,
                "inmesh.cluster.vanished",
                "resources that a cluster does not name any more and that are kept for now",
                ClusterReport::vanished);
        gauge(
                report,
                "inmesh.cluster.failing",
                "for how many seconds a cluster's configuration has not been followed, or not all of it; 0 while it is",
                one -> one.following() ? 0 : since(one));
    }

    private void gauge(
            Supplier<ClusterReport> report, String name, String description, ToDoubleFunction<ClusterReport> value) {
        // Strongly, or nobody would keep what is asked.
        Gauge.builder(name, () -> value.applyAsDouble(report.get()))
                .tag("source", source)
                .description(description)
                .register(meters);
    }

    /** A cluster of which nothing has ever been said has no time from which to count. */
    private double since(ClusterReport report) {
        Instant begin = Instant.ofEpochSecond(report.sinceEpochSecond());
        return begin.equals(Instant.EPOCH)
                ? Duration.between(started, clock.instant()).toSeconds()
                : Duration.between(begin, clock.instant()).toSeconds();
    }

    void listed() {
        lists.increment();
    }

    void watching() {
        watches.increment();
    }

    void statusWritten() {
        statuses.increment();
    }

    void statusFailed() {
        statusFailures.increment();
    }
}
