package io.inmesh.server.lrs;

import io.inmesh.server.time.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The load reports of the last minute, kept in memory. Bounded: per caller by time, callers by their streams. Safe for use by several
 * threads.
 */
public final class LoadReports {
    /** How long a report counts. */
    public static final Duration WINDOW = Duration.ofMinutes(1);

    /** The most entries kept; beyond, the oldest go first: a thousand callers with eighty clusters each. */
    static final int MAX_ENTRIES = 500_000;

    private final Timer timer;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Map<CallerCluster, Long> inProgress = new HashMap<>();

    /** Without any reports. */
    public LoadReports(Timer timer) {
        this.timer = timer;
    }

    /** Who calls: one stream. */
    record Reporter(Object stream, String namespace, String service) {}

    /** Counts of one cluster since the caller's last report; requests in progress at the moment. */
    record Counts(String cluster, long issued, long succeeded, long failed, long inProgress) {}

    private record Entry(long nanos, Reporter reporter, Counts counts) {}

    private record CallerCluster(Reporter reporter, String cluster) {}

    private record ServiceCluster(String namespace, String service, String cluster)
            implements Comparable<ServiceCluster> {
        @Override
        public int compareTo(ServiceCluster other) {
            return text().compareTo(other.text());
        }

        private String text() {
            return namespace + "/" + service + "/" + cluster;
        }
    }

    synchronized void add(Reporter reporter, List<Counts> counts) {
        long now = timer.nanoTime();
        for (Counts one : counts) {
            entries.addLast(new Entry(now, reporter, one));
            CallerCluster key = new CallerCluster(reporter, one.cluster());
            if (one.inProgress() <= 0) {
                inProgress.remove(key);
            } else if (inProgress.size() < MAX_ENTRIES || inProgress.containsKey(key)) {
                inProgress.put(key, one.inProgress());
            }
        }
        forgetOld(now);
    }

    /** A caller has gone: what it did stays until it is old, what it was doing does not. */
    synchronized void left(Reporter reporter) {
        inProgress.keySet().removeIf(key -> key.reporter().equals(reporter));
    }

    /** The load of the last minute, by calling service and cluster. */
    public synchronized List<ClusterLoad> lastMinute() {
        forgetOld(timer.nanoTime());
        Map<ServiceCluster, long[]> sums = new TreeMap<>();
        for (Entry entry : entries) {
            long[] sum =
                    sums.computeIfAbsent(key(entry.reporter(), entry.counts().cluster()), k -> new long[4]);
            sum[0] += entry.counts().issued();
            sum[1] += entry.counts().succeeded();
            sum[2] += entry.counts().failed();
        }
        inProgress.forEach((caller, count) -> {
            long[] sum = sums.get(key(caller.reporter(), caller.cluster()));
            if (sum != null) {
                sum[3] += count;
            }
        });
        List<ClusterLoad> loads = new ArrayList<>();
        sums.forEach((key, sum) -> loads.add(
                new ClusterLoad(key.namespace(), key.service(), key.cluster(), sum[0], sum[1], sum[2], sum[3])));
        return loads;
    }

    private static ServiceCluster key(Reporter reporter, String cluster) {
        return new ServiceCluster(reporter.namespace(), reporter.service(), cluster);
    }

    private void forgetOld(long now) {
        while (!entries.isEmpty()
                && (entries.size() > MAX_ENTRIES || now - entries.peekFirst().nanos() > WINDOW.toNanos())) {
            entries.removeFirst();
        }
    }
}
