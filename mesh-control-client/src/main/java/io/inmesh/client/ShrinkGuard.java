package io.inmesh.client;

import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.VirtualHostConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a control server that has only just started may have forgotten: discovery fails static.
 *
 * <p>For {@link #WINDOW_NANOS} after a connection was made, what was known before it is compared with what comes over it. If more
 * than half of the clusters, or of one cluster's endpoints, are not there, then those that this connection has not shown yet stay
 * in use. What it did show and then takes away is gone at once, so that a process that leaves in order is not called again; so is
 * what goes from a cluster most of whose endpoints it has shown. That something is known from before the connection, and has not been
 * taken away yet, shows nothing: a server tells what is gone last.
 * Policies for requests that come in stay likewise until there are others.
 */
final class ShrinkGuard {

    /** How long after a connection was made: 60 s, enough for every process to have registered anew. */
    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(60);

    /**
     * A config to use.
     *
     * @param config what was received, with what is kept beside it
     * @param kept what is kept and why, null if nothing is
     */
    record Guarded(MeshConfig config, @Nullable String kept) {}

    /** What the connection of now has brought by itself; what is there from before it does not count. */
    interface Shown {

        /** {@return whether it has brought this cluster} */
        boolean cluster(String name);

        /** {@return whether it has brought the endpoints of this cluster} */
        boolean endpoints(String cluster);

        /** {@return whether it has said which requests may come in} */
        boolean inbound();
    }

    private MeshConfig baseline = MeshConfig.EMPTY;
    private long openedNanos;
    /** For how long connections before this one have kept what is still kept. */
    private long keptNanos;

    private boolean connected;
    /** What was left when the connection ended. */
    private long leftAtEndNanos;

    private boolean answered;
    private boolean keeping;
    private boolean inboundSeen;
    private final Map<String, Set<String>> seen = new HashMap<>();
    /** Clusters most of whose endpoints of before have been shown. */
    private final Set<String> believed = new HashSet<>();

    /** A connection was made; what is in use now is the measure for what comes over it. */
    void connected(MeshConfig inUse, long nowNanos) {
        baseline = inUse;
        openedNanos = nowNanos;
        connected = true;
        answered = false;
        inboundSeen = false;
        seen.clear();
        believed.clear();
    }

    /** The connection is gone. What is kept stays until there is another, but not for longer because it has to be made so often. */
    void disconnected(long nowNanos) {
        // Attempts to connect that fail count for nothing.
        if (!connected) {
            return;
        }
        leftAtEndNanos = leftNanos(nowNanos);
        connected = false;
        if (!keeping) {
            keptNanos = 0;
        } else if (answered) {
            keptNanos += nowNanos - openedNanos;
        }
    }

    /** {@return whether there is a connection, without which nothing is shown and no time runs} */
    boolean connected() {
        return connected;
    }

    /**
     * Notes what the connection has shown so far.
     *
     * @param candidate what is known now, with what was known before the connection
     * @param shown what of it the connection has brought
     */
    void note(MeshConfig candidate, Shown shown) {
        if (!connected) {
            return;
        }
        answered = true;
        inboundSeen |= shown.inbound();
        Map<String, ClusterConfig> before = new HashMap<>();
        baseline.clusters().forEach(cluster -> before.put(cluster.name(), cluster));
        for (ClusterConfig cluster : candidate.clusters()) {
            boolean endpoints = shown.endpoints(cluster.name());
            if (!endpoints && !shown.cluster(cluster.name())) {
                continue;
            }
            Set<String> addresses = seen.computeIfAbsent(cluster.name(), name -> new HashSet<>());
            if (endpoints) {
                cluster.endpoints().forEach(endpoint -> addresses.add(address(endpoint)));
                ClusterConfig known = before.get(cluster.name());
                if (known == null || !halved(known, cluster)) {
                    believed.add(cluster.name());
                }
            }
        }
    }

    /** {@return nanoseconds of connection until nothing is kept any more, 0 if that is now} */
    long leftNanos(long nowNanos) {
        if (!connected) {
            return leftAtEndNanos;
        }
        return Math.max(0, WINDOW_NANOS - keptNanos - (nowNanos - openedNanos));
    }

    /**
     * {@return the config to use}
     *
     * @param candidate what was received
     * @param nowNanos the time
     */
    Guarded guard(MeshConfig candidate, long nowNanos) {
        keeping = false;
        if (leftNanos(nowNanos) == 0) {
            return new Guarded(candidate, null);
        }
        List<String> kept = new ArrayList<>();
        List<ClusterConfig> clusters = clusters(candidate, kept);
        List<VirtualHostConfig> hosts = hosts(candidate, clusters);
        InboundConfig inbound = candidate.inbound();
        if (!inboundSeen
                && !baseline.inbound().equals(InboundConfig.OPEN)
                && !baseline.inbound().equals(inbound)) {
            inbound = baseline.inbound();
            kept.add("the policies for requests that come in");
        }
        if (kept.isEmpty()) {
            return new Guarded(candidate, null);
        }
        keeping = true;
        return new Guarded(
                new MeshConfig(candidate.version(), hosts, clusters, inbound, candidate.telemetry()),
                "the control server does not know, right after connecting, " + String.join(", ", kept)
                        + "; what was known before is kept for " + TimeUnit.NANOSECONDS.toSeconds(leftNanos(nowNanos))
                        + " s at most");
    }

    private List<ClusterConfig> clusters(MeshConfig candidate, List<String> kept) {
        Map<String, ClusterConfig> result = new LinkedHashMap<>();
        candidate.clusters().forEach(cluster -> result.put(cluster.name(), cluster));
        List<ClusterConfig> gone = new ArrayList<>();
        for (ClusterConfig before : baseline.clusters()) {
            ClusterConfig now = result.get(before.name());
            if (now != null) {
                result.put(now.name(), endpoints(before, now, kept));
            } else if (!seen.containsKey(before.name())) {
                gone.add(before);
            }
        }
        if (!gone.isEmpty()
                && candidate.clusters().size() * 2 < baseline.clusters().size()) {
            gone.forEach(cluster -> result.put(cluster.name(), cluster));
            kept.add(gone.size() + " of " + baseline.clusters().size() + " clusters");
        }
        return new ArrayList<>(result.values());
    }

    private ClusterConfig endpoints(ClusterConfig before, ClusterConfig now, List<String> kept) {
        if (believed.contains(now.name()) || !halved(before, now)) {
            return now;
        }
        Set<String> shown = new HashSet<>(seen.getOrDefault(now.name(), Set.of()));
        now.endpoints().forEach(endpoint -> shown.add(address(endpoint)));
        List<EndpointConfig> gone = before.endpoints().stream()
                .filter(endpoint -> !shown.contains(address(endpoint)))
                .toList();
        if (gone.isEmpty()) {
            return now;
        }
        kept.add(gone.size() + " of " + before.endpoints().size() + " endpoints of " + now.name());
        List<EndpointConfig> all = new ArrayList<>(now.endpoints());
        all.addAll(gone);
        return now.withEndpoints(all).withTls(both(before.tls(), now.tls()));
    }

    /** The identities a server expects follow from the endpoints it knows; those that are kept keep theirs. */
    private static ClientTlsConfig both(ClientTlsConfig before, ClientTlsConfig now) {
        if (before.mode() != now.mode()) {
            return now;
        }
        Set<String> identities = new HashSet<>(before.identities());
        identities.addAll(now.identities());
        return now.withIdentities(identities);
    }

    /** Virtual hosts that lead to clusters which are kept are kept as well, unless others have their names or domains. */
    private List<VirtualHostConfig> hosts(MeshConfig candidate, List<ClusterConfig> clusters) {
        if (clusters.size() == candidate.clusters().size()) {
            return candidate.virtualHosts();
        }
        Set<String> taken = new HashSet<>();
        for (VirtualHostConfig host : candidate.virtualHosts()) {
            taken.add(host.name());
            host.domains().forEach(domain -> taken.add(domain + ":" + host.port()));
        }
        List<VirtualHostConfig> hosts = new ArrayList<>(candidate.virtualHosts());
        for (VirtualHostConfig host : baseline.virtualHosts()) {
            boolean free = !taken.contains(host.name())
                    && host.domains().stream().noneMatch(domain -> taken.contains(domain + ":" + host.port()));
            if (free) {
                hosts.add(host);
            }
        }
        return hosts;
    }

    private static boolean halved(ClusterConfig before, ClusterConfig now) {
        return now.endpoints().size() * 2 < before.endpoints().size();
    }

    private static String address(EndpointConfig endpoint) {
        return endpoint.host() + ":" + endpoint.port();
    }
}
