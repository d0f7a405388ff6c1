package io.inmesh.client;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.cluster.ClusterLoad.LocalityShare;
import io.inmesh.inbound.SourceShare;
import io.inmesh.spi.LoadReport;
import io.inmesh.tally.UnroutedTraffic;
import io.inmesh.xds.core.Address;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.EndpointLoadMetricStats;
import io.inmesh.xds.endpoint.UpstreamEndpointStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Load reports as LRS messages. Clusters are LRS's own subject. What comes in is reported as clusters named {@code inbound|port||}, with one
 * named metric for each source and for each policy in a dry run, since LRS has no other place for it: servers that do not know the names
 * see metrics they have no use for.
 *
 * <ul>
 *   <li>{@code inmesh.plaintext}: attempts sent to the cluster over connections the mesh does not secure
 *   <li>{@code inmesh.source|mtls|<SPIFFE id>}, {@code inmesh.source|tls|<address>}, {@code inmesh.source|plaintext|<address>}: requests
 *       from there; the metric's total is how many of them security refused
 *   <li>{@code inmesh.shadow_denied|<policy>|<source>}: requests from there that a policy in a dry run would have refused
 * </ul>
 *
 * <p>An endpoint that gets no calls from this process at present is an {@code UpstreamEndpointStats} with its address and the metadata
 * {@code unusable} ({@code ejected} or {@code check_failed}) and {@code why}, in every report for as long as that is so.
 *
 * <p>What calls came to, for the graph of services, is in {@link TrafficMessages}.
 */
final class LoadMessages {

    static final String PLAINTEXT = "inmesh.plaintext";
    static final String SOURCE = "inmesh.source";
    static final String SHADOW_DENIED = "inmesh.shadow_denied";

    /** Of one cluster; who has more of them out of rotation has other worries than a full list. */
    private static final int MAX_UNUSABLE = 100;

    private LoadMessages() {}

    static List<ClusterStats> of(LoadReport report) {
        Duration period = Duration.newBuilder()
                .setSeconds(report.period().getSeconds())
                .setNanos(report.period().getNano())
                .build();
        List<ClusterStats> messages = new ArrayList<>();
        report.clusters().forEach(entry -> messages.add(cluster(entry, period)));
        Map<Integer, UpstreamLocalityStats.Builder> byPort = new TreeMap<>();
        for (SourceShare source : report.sources()) {
            add(source, byPort.computeIfAbsent(source.port(), port -> UpstreamLocalityStats.newBuilder()));
        }
        byPort.forEach((port, stats) -> messages.add(ClusterStats.newBuilder()
                .setClusterName("inbound|" + port + "||")
                .setLoadReportInterval(period)
                .addUpstreamLocalityStats(stats)
                .build()));
        for (UnroutedTraffic.Share share : report.unrouted()) {
            messages.add(TrafficMessages.unrouted(share)
                    .setLoadReportInterval(period)
                    .build());
        }
        if (!report.passedThrough().isEmpty()) {
            messages.add(TrafficMessages.passedThrough(report.passedThrough())
                    .setLoadReportInterval(period)
                    .build());
        }
        return messages;
    }

    private static void add(SourceShare source, UpstreamLocalityStats.Builder stats) {
        String connection = source.identified() ? "mtls" : source.secure() ? "tls" : "plaintext";
        stats.setTotalIssuedRequests(stats.getTotalIssuedRequests() + source.requests());
        stats.addLoadMetricStats(
                metric(String.join("|", SOURCE, connection, source.source()), source.requests(), source.refused()));
        if (!source.counts().isEmpty()) {
            stats.addUpstreamEndpointStats(TrafficMessages.source(source, connection));
        }
        source.shadowDenied()
                .forEach((policy, count) -> stats.addLoadMetricStats(
                        metric(String.join("|", SHADOW_DENIED, policy, source.source()), count, 0)));
    }

    private static ClusterStats cluster(LoadReport.Entry entry, Duration period) {
        ClusterStats.Builder stats = ClusterStats.newBuilder()
                .setClusterName(entry.cluster())
                .setClusterServiceName(entry.service())
                .setLoadReportInterval(period);
        entry.localities().forEach(share -> stats.addUpstreamLocalityStats(locality(share)));
        if (!entry.routes().isEmpty()) {
            stats.addUpstreamLocalityStats(TrafficMessages.routes(entry.routes()));
        }
        if (!entry.unusable().isEmpty()) {
            UpstreamLocalityStats.Builder unusable = UpstreamLocalityStats.newBuilder();
            entry.unusable().stream()
                    .limit(MAX_UNUSABLE)
                    .forEach(endpoint -> unusable.addUpstreamEndpointStats(unusable(endpoint)));
            stats.addUpstreamLocalityStats(unusable);
        }
        return stats.build();
    }

    private static UpstreamEndpointStats unusable(LoadReport.Unusable endpoint) {
        return UpstreamEndpointStats.newBuilder()
                .setAddress(Address.newBuilder()
                        .setSocketAddress(SocketAddress.newBuilder()
                                .setAddress(endpoint.host())
                                .setPortValue(endpoint.port())))
                .setMetadata(Struct.newBuilder()
                        .putFields("unusable", text(endpoint.cause().name().toLowerCase(Locale.ROOT)))
                        .putFields("why", text(endpoint.why())))
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static UpstreamLocalityStats locality(LocalityShare share) {
        UpstreamLocalityStats.Builder stats = UpstreamLocalityStats.newBuilder()
                .setLocality(Localities.parse(share.locality()))
                .setTotalIssuedRequests(share.started())
                .setTotalSuccessfulRequests(share.succeeded())
                .setTotalErrorRequests(share.failed())
                .setTotalRequestsInProgress(share.inProgress());
        if (share.plaintext() > 0) {
            stats.addLoadMetricStats(metric(PLAINTEXT, share.plaintext(), 0));
        }
        return stats.build();
    }

    private static EndpointLoadMetricStats metric(String name, long requests, long total) {
        return EndpointLoadMetricStats.newBuilder()
                .setMetricName(name)
                .setNumRequestsFinishedWithMetric(requests)
                .setTotalMetricValue(total)
                .build();
    }
}
