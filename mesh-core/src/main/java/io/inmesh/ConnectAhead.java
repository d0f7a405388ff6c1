package io.inmesh;

import io.inmesh.call.Connector;
import io.inmesh.cluster.Cluster;
import io.inmesh.config.EndpointConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.route.Destination;
import io.inmesh.route.Route;
import io.inmesh.route.VirtualHost;
import io.inmesh.time.Randomness;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Has adapters connect to where calls are about to go, so that the first call to a new endpoint does not pay for the handshake, nor the
 * first of a process for loading TLS: on a busy machine that is seconds, more than many callers wait. For the hosts that adapters name, and
 * for mutual TLS of the mesh alone, since plaintext costs little and whoever is outside is not to be bothered without a call.
 *
 * <p>Each endpoint is named once, and again under a new identity; a connection that falls idle is not renewed.
 */
final class ConnectAhead {

    /** Endpoints of one cluster to connect to; of more, calls soon have warmed up as many as they need. */
    static final int MOST = 8;

    private final ConfigApplier configs;
    private final IdentityHolder identity;
    private final Randomness randomness;
    private final List<Host> hosts = new CopyOnWriteArrayList<>();

    ConnectAhead(ConfigApplier configs, IdentityHolder identity, Randomness randomness) {
        this.configs = configs;
        this.identity = identity;
        this.randomness = randomness;
    }

    /** From now on has the endpoints of a host connected to. */
    AutoCloseable to(String name, int port, Connector connector) {
        Host host = new Host(name, port, connector);
        hosts.add(host);
        host.look();
        return () -> hosts.remove(host);
    }

    /** Another config is in use. */
    void refresh() {
        hosts.forEach(Host::look);
    }

    /** Another identity is in use, under which no connection is open. */
    void renew() {
        hosts.forEach(Host::renew);
    }

    private final class Host {
        private final String name;
        private final int port;
        private final Connector connector;
        private Set<Endpoint> named = Set.of();

        Host(String name, int port, Connector connector) {
            this.name = name;
            this.port = port;
            this.connector = connector;
        }

        synchronized void renew() {
            named = Set.of();
            look();
        }

        synchronized void look() {
            Set<Endpoint> present = new HashSet<>();
            for (Cluster cluster : clusters()) {
                cluster.ask();
                List<Endpoint> fresh = new ArrayList<>();
                int connected = 0;
                for (Endpoint endpoint : cluster.endpoints()) {
                    if (named.contains(endpoint)) {
                        present.add(endpoint);
                        connected++;
                    } else if (endpoint.config().health() == EndpointConfig.Health.HEALTHY
                            && cluster.security(endpoint) instanceof PeerExpectation peer
                            && peer.obstacle(identity) == null) {
                        fresh.add(endpoint);
                    }
                }
                // Not the same ones for each process.
                for (int room = MOST - connected; room > 0 && !fresh.isEmpty(); room--) {
                    Endpoint chosen = fresh.remove(randomness.below(fresh.size()));
                    present.add(chosen);
                    if (cluster.security(chosen) instanceof PeerExpectation peer) {
                        connector.connect(chosen, peer, cluster.connectTimeoutNanos());
                    }
                }
            }
            named = present;
        }

        private Set<Cluster> clusters() {
            VirtualHost virtualHost = configs.snapshot().routes().find(name, port);
            Set<Cluster> clusters = new LinkedHashSet<>();
            if (virtualHost != null) {
                for (Route route : virtualHost.routes()) {
                    for (Destination destination : route.destinations()) {
                        clusters.add(destination.cluster());
                    }
                }
            }
            return clusters;
        }
    }
}
