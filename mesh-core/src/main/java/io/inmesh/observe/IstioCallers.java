package io.inmesh.observe;

import io.inmesh.call.InboundCall;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.identity.SpiffeId;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which workload a caller is, found out on the server's side: the certificate proves its identity, and the registry, as this process knows
 * it from the endpoints it may call, says which workloads have that identity. Where several do, the caller's address decides; what the
 * candidates do not agree on is not known. Nothing the caller writes into a request is believed.
 */
final class IstioCallers {

    /** Knows nobody. */
    static final IstioCallers NONE = new IstioCallers(Map.of());

    private static final String NAMESPACE = "/ns/";

    private final Map<SpiffeId, Candidates> byIdentity;

    private IstioCallers(Map<SpiffeId, Candidates> byIdentity) {
        this.byIdentity = byIdentity;
    }

    private static final class Candidates {
        private final Map<String, Workload> byAddress = new HashMap<>();
        private final Set<Workload> all = new HashSet<>();
        private Workload common = Workload.UNKNOWN;

        void add(EndpointConfig endpoint, Workload workload) {
            common = all.isEmpty() ? workload : common.agreeing(workload);
            all.add(workload);
            byAddress.merge(endpoint.host(), workload, Workload::agreeing);
        }
    }

    /** {@return the callers that a config knows} */
    static IstioCallers of(MeshConfig config) {
        Map<SpiffeId, Candidates> callers = new HashMap<>();
        for (ClusterConfig cluster : config.clusters()) {
            for (String identity : cluster.tls().identities()) {
                SpiffeId id = SpiffeId.parse(identity);
                String namespace = namespace(id);
                for (EndpointConfig endpoint : cluster.endpoints()) {
                    Workload workload = Workload.of(endpoint);
                    if (!workload.equals(Workload.UNKNOWN)
                            && workload.namespace().equals(namespace)) {
                        callers.computeIfAbsent(id, unseen -> new Candidates()).add(endpoint, workload);
                    }
                }
            }
        }
        return callers.isEmpty() ? NONE : new IstioCallers(callers);
    }

    /**
     * {@return who sent a request}
     *
     * @param peer the identity it proved
     */
    Workload of(SpiffeId peer, InboundCall call) {
        Candidates candidates = byIdentity.get(peer);
        if (candidates == null) {
            return inNamespace(peer);
        }
        if (candidates.all.size() == 1) {
            return candidates.common;
        }
        InetAddress address = call.peerAddress();
        Workload there = address == null ? null : candidates.byAddress.get(address.getHostAddress());
        return there == null ? candidates.common : there;
    }

    /** {@return whether several workloads have an identity, so that the address of a caller matters} */
    boolean ambiguous(SpiffeId peer) {
        Candidates candidates = byIdentity.get(peer);
        return candidates != null && candidates.all.size() > 1;
    }

    /** A caller that serves nothing, such as a job: its certificate still says where it belongs. */
    private static Workload inNamespace(SpiffeId peer) {
        String unknown = Workload.NOT_KNOWN;
        return new Workload(unknown, namespace(peer), unknown, unknown, unknown, unknown, unknown);
    }

    private static String namespace(SpiffeId id) {
        String path = id.path();
        int end = path.startsWith(NAMESPACE) ? path.indexOf('/', NAMESPACE.length()) : -1;
        return end < 0 ? Workload.NOT_KNOWN : path.substring(NAMESPACE.length(), end);
    }
}
