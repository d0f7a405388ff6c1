package io.inmesh.server.lrs;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.model.ForeignText;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.UpstreamEndpointStats;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * An endpoint that one caller sends no calls to at present, because it ejected it or because its own health checks fail; other callers may
 * see that differently. It is the caller's word.
 *
 * @param namespace namespace of the caller, proven by its certificate
 * @param caller the caller's workload, or its service account if it names none
 * @param host full name of the service it called
 * @param address IP address or host name of the endpoint
 * @param port TCP port of the endpoint
 * @param cause {@code ejected} or {@code check_failed}
 * @param why what the endpoint did, in words
 */
public record UnusableEndpoint(
        String namespace, String caller, String host, String address, int port, String cause, String why) {

    private static final int MAX_OF_A_CLUSTER = 100;
    private static final int LONGEST = 256;
    private static final int PARTS = 4;
    private static final Set<String> CAUSES = Set.of("ejected", "check_failed");

    /** {@return those of one cluster in a report; what cannot be read is passed over} */
    static List<UnusableEndpoint> of(String namespace, String caller, ClusterStats stats) {
        String[] cluster = stats.getClusterName().split("\\|", -1);
        if (cluster.length != PARTS || !cluster[0].equals("outbound")) {
            return List.of();
        }
        return stats.getUpstreamLocalityStatsList().stream()
                .flatMap(locality -> locality.getUpstreamEndpointStatsList().stream())
                .filter(endpoint -> endpoint.hasAddress() && CAUSES.contains(text(endpoint, "unusable")))
                .limit(MAX_OF_A_CLUSTER)
                .map(endpoint -> of(namespace, caller, cluster[PARTS - 1], endpoint))
                .toList();
    }

    private static UnusableEndpoint of(String namespace, String caller, String host, UpstreamEndpointStats endpoint) {
        SocketAddress address = endpoint.getAddress().getSocketAddress();
        return new UnusableEndpoint(
                namespace,
                caller,
                host,
                ForeignText.clean(address.getAddress(), LONGEST).toLowerCase(Locale.ROOT),
                address.getPortValue(),
                text(endpoint, "unusable"),
                text(endpoint, "why"));
    }

    private static String text(UpstreamEndpointStats endpoint, String field) {
        Struct about = endpoint.getMetadata();
        return ForeignText.clean(
                about.getFieldsOrDefault(field, Value.getDefaultInstance()).getStringValue(), LONGEST);
    }
}
