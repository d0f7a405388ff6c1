package io.inmesh.server.lrs;

import io.inmesh.server.graph.ReportedGraph;
import io.inmesh.server.graph.TrafficGraph;
import io.inmesh.server.time.Timer;
import io.inmesh.server.traffic.ObservedTraffic;
import io.inmesh.server.traffic.ReportedTraffic;
import io.inmesh.xds.endpoint.ClusterStats;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What becomes of load reports, whichever server they came to: they are added to what is known about the traffic of the whole mesh. Those
 * that came to this server are told to a {@link Listener} as well, which passes them on to the others. Safe for use by several threads.
 */
public final class Reports {

    private final UnusableEndpoints unusable = new UnusableEndpoints();
    private final ObservedTraffic traffic;
    private final TrafficGraph graph;
    private final AtomicLong streams = new AtomicLong();
    private volatile Listener listener = new Listener() {
        @Override
        public void reported(long stream, ProcessReport report) {}

        @Override
        public void ended(long stream) {}
    };

    /** Is told what comes to this server, and never what comes from another one. */
    public interface Listener {

        /** A process that is connected to this server has reported something on one of its streams. */
        void reported(long stream, ProcessReport report);

        /** A stream has ended, and with it what its process believed. */
        void ended(long stream);
    }

    /**
     * Knows nothing yet.
     *
     * @param timer monotonic time
     * @param clock time of day, for display
     * @param meters how much is kept
     */
    public Reports(Timer timer, InstantSource clock, MeterRegistry meters) {
        this.traffic = new ObservedTraffic(timer, clock, meters);
        this.graph = new TrafficGraph(timer, clock, meters);
    }

    /** {@return who sends no calls to whom at present} */
    public List<UnusableEndpoint> unusable() {
        return unusable.all();
    }

    /** {@return who talked to whom in the last hour} */
    public ObservedTraffic traffic() {
        return traffic;
    }

    /** {@return the same with what came of it} */
    public TrafficGraph graph() {
        return graph;
    }

    /** Has one told from now on what comes to this server. */
    public void tell(Listener listener) {
        this.listener = listener;
    }

    /** {@return a number for a stream of a process that is connected to this server} */
    long newStream() {
        return streams.incrementAndGet();
    }

    /** Adds what has come to this server. */
    void own(long stream, ProcessReport report) {
        add(stream, report, Duration.ZERO);
        listener.reported(stream, report);
    }

    /** A stream to this server has ended. */
    void ownEnded(long stream) {
        unusable.left(stream);
        listener.ended(stream);
    }

    /**
     * Adds what has come to another server.
     *
     * @param stream tells the process's stream from all others, by equality
     * @param age how long ago it came there
     */
    public void add(Object stream, ProcessReport report, Duration age) {
        for (ClusterStats stats : report.clusters()) {
            ReportedTraffic.add(traffic, report.group(), stats);
            ReportedGraph.add(graph, report.reporter(), stats, age);
        }
        unusable.replace(
                stream,
                report.identity(),
                report.clusters().stream()
                        .flatMap(stats -> UnusableEndpoint.of(report.namespace(), report.workload(), stats).stream()));
    }

    /** A stream to another server has ended. */
    public void ended(Object stream) {
        unusable.left(stream);
    }
}
