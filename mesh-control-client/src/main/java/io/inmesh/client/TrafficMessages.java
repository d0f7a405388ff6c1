package io.inmesh.client;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.inbound.SourceShare;
import io.inmesh.tally.CallTally.Count;
import io.inmesh.tally.CallTally.Counted;
import io.inmesh.tally.PassedThrough;
import io.inmesh.tally.RouteTraffic;
import io.inmesh.tally.UnroutedTraffic;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.EndpointLoadMetricStats;
import io.inmesh.xds.endpoint.UpstreamEndpointStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import java.util.List;
import java.util.Locale;

/**
 * What the graph of services is drawn from, as LRS messages: for each route to a cluster and each workload that answered, one {@code
 * UpstreamEndpointStats} without address, whose metadata says which ({@code route}, {@code workload}, {@code mtls}, {@code protocol}). Its
 * named metrics are {@code <counted>.<result>} and, for durations, {@code <counted>.<result>.<nanoseconds>} with the lower bound of the
 * bucket; how often is in {@code num_requests_finished_with_metric}. What came in has the metadata {@code source} and {@code connection}.
 */
final class TrafficMessages {

    /** Cluster of calls to hosts that the mesh does not know. Source: Istio's name for it. */
    static final String PASSTHROUGH = "PassthroughCluster";

    private static final String HOST = "inmesh.host";

    private TrafficMessages() {}

    /** {@return statistics of no locality, since routes lead to several} */
    static UpstreamLocalityStats routes(List<RouteTraffic.Share> routes) {
        UpstreamLocalityStats.Builder stats = UpstreamLocalityStats.newBuilder();
        for (RouteTraffic.Share share : routes) {
            Struct metadata = Struct.newBuilder()
                    .putFields("route", text(share.route()))
                    .putFields("workload", text(share.group()))
                    .putFields(
                            "mtls",
                            Value.newBuilder().setBoolValue(share.secure()).build())
                    .putFields("protocol", text(share.grpc() ? "grpc" : "http"))
                    .build();
            stats.addUpstreamEndpointStats(group(metadata, share.counts()));
        }
        return stats.build();
    }

    /** {@return what one source sent} */
    static UpstreamEndpointStats source(SourceShare source, String connection) {
        Struct metadata = Struct.newBuilder()
                .putFields("source", text(source.source()))
                .putFields("connection", text(connection))
                .build();
        return group(metadata, source.counts());
    }

    /** {@return calls that led to no cluster, as the one that their virtual host stands for} */
    static ClusterStats.Builder unrouted(UnroutedTraffic.Share share) {
        String name = share.virtualHost();
        int colon = name.lastIndexOf(':');
        boolean ported = colon > 0 && name.substring(colon + 1).matches("[0-9]{1,5}");
        String cluster = ported
                ? "outbound|" + name.substring(colon + 1) + "||" + name.substring(0, colon)
                : "outbound|0||" + name;
        return ClusterStats.newBuilder()
                .setClusterName(cluster)
                .setClusterServiceName(name)
                .addUpstreamLocalityStats(routes(share.routes()));
    }

    /** {@return calls to hosts that the mesh does not know} */
    static ClusterStats.Builder passedThrough(List<PassedThrough.Share> shares) {
        UpstreamLocalityStats.Builder stats = UpstreamLocalityStats.newBuilder();
        for (PassedThrough.Share share : shares) {
            stats.addLoadMetricStats(EndpointLoadMetricStats.newBuilder()
                    .setMetricName(HOST + "|" + share.host())
                    .setNumRequestsFinishedWithMetric(share.calls()));
        }
        return ClusterStats.newBuilder().setClusterName(PASSTHROUGH).addUpstreamLocalityStats(stats);
    }

    private static UpstreamEndpointStats group(Struct metadata, List<Count> counts) {
        UpstreamEndpointStats.Builder stats = UpstreamEndpointStats.newBuilder().setMetadata(metadata);
        long succeeded = 0;
        long failed = 0;
        for (Count count : counts) {
            if (count.counted() != Counted.CALL && count.fromNanos() != Count.NO_DURATION) {
                succeeded += count.result().equals("ok") ? count.count() : 0;
                failed += count.result().equals("ok") ? 0 : count.count();
            }
            stats.addLoadMetricStats(EndpointLoadMetricStats.newBuilder()
                    .setMetricName(name(count))
                    .setNumRequestsFinishedWithMetric(count.count()));
        }
        return stats.setTotalSuccessfulRequests(succeeded)
                .setTotalErrorRequests(failed)
                .setTotalIssuedRequests(succeeded + failed)
                .build();
    }

    private static String name(Count count) {
        String name = count.counted().name().toLowerCase(Locale.ROOT) + "." + count.result();
        return count.fromNanos() == Count.NO_DURATION ? name : name + "." + count.fromNanos();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }
}
