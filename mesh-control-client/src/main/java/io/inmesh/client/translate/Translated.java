package io.inmesh.client.translate;

import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.SpreadConfig.LocalityConfig;
import io.inmesh.config.TelemetryConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.identity.DenyList;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one resource says, in the core's records. Resources refer to each other by name; {@link ConfigAssembler} joins them. */
public sealed interface Translated {

    /**
     * A listener for requests that come in.
     *
     * @param config what it asks of them
     * @param telemetry what is told about them
     */
    record Inbound(InboundConfig config, TelemetryConfig.Side telemetry) implements Translated {}

    /**
     * A listener for calls that leave.
     *
     * @param port destination port it stands for, 0 for every port
     * @param routes name of its route configuration, null if the listener holds its routes
     * @param hosts virtual hosts it holds itself
     * @param telemetry what is told about the calls
     */
    record Outbound(int port, @Nullable String routes, List<VirtualHostConfig> hosts, TelemetryConfig.Side telemetry)
            implements Translated {
        /** Copies the list. */
        public Outbound {
            hosts = List.copyOf(hosts);
        }
    }

    /** A listener that has nothing to say about HTTP. */
    record NotHttp() implements Translated {}

    /**
     * A route configuration.
     *
     * @param hosts its virtual hosts; domains as sent, perhaps with ports
     */
    record Routes(List<VirtualHostConfig> hosts) implements Translated {
        /** Copies the list. */
        public Routes {
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * A cluster.
     *
     * @param config the cluster, with those endpoints it holds itself
     * @param endpoints name of the resource with its endpoints, null if it holds them
     * @param naming how host names among its endpoints become addresses, null if they have addresses
     * @param files what TLS to servers outside the mesh needs, null if it needs none
     */
    record Cluster(
            ClusterConfig config,
            @Nullable String endpoints,
            @Nullable Naming naming,
            @Nullable TlsFiles files) implements Translated {}

    /**
     * Endpoints of a cluster.
     *
     * @param endpoints all of them
     * @param localities what is known about their localities
     * @param overprovisioningPercent a priority carries its whole load until less than 100 / this of it is healthy
     */
    record Endpoints(List<EndpointConfig> endpoints, List<LocalityConfig> localities, int overprovisioningPercent)
            implements Translated {
        /** Copies the lists. */
        public Endpoints {
            endpoints = List.copyOf(endpoints);
            localities = List.copyOf(localities);
        }

        /** {@return a cluster with these endpoints} */
        ClusterConfig addTo(ClusterConfig cluster) {
            return cluster.withEndpoints(endpoints)
                    .withSpread(cluster.spread()
                            .withLocalities(localities)
                            .withOverprovisioningPercent(overprovisioningPercent));
        }
    }

    /**
     * A trust bundle.
     *
     * @param certificates roots of the own trust domain, the one that signs first if the control plane is ours
     * @param denied who is refused although they vouch for him
     * @param federated roots by trust domain where there are others; may have the own one among them
     */
    record Roots(Set<X509Certificate> certificates, DenyList denied, Map<String, Set<X509Certificate>> federated)
            implements Translated {
        /** Copies the set and keeps its order. */
        public Roots {
            certificates = Collections.unmodifiableSet(new LinkedHashSet<>(certificates));
            federated = Map.copyOf(federated);
        }
    }
}
