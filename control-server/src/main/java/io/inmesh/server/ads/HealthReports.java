package io.inmesh.server.ads;

import io.inmesh.server.ca.Caller;
import io.inmesh.server.registry.RegisteredWorkload;
import io.inmesh.server.registry.RegistrationRules;
import io.inmesh.server.registry.WorkloadHealth;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.xds.rpc.Status;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Registration over a client's stream: what the client says about its health is an entry in the registry for as long as the stream lives.
 */
final class HealthReports {
    /** How long a draining workload waits at most for callers to have seen that it goes. */
    static final Duration DRAIN_LIMIT = Duration.ofSeconds(5);

    private static final int UNAVAILABLE = 14;
    private static final String DRAINING = "draining";
    /** Istio's label by which a workload says that it cannot take mesh mTLS. */
    private static final String TLS_MODE_LABEL = "security.istio.io/tlsMode";

    private static final String DISABLED = "disabled";
    private static final int MAX_PORT = 65_535;

    private final WorkloadRegistry registry;
    private final StreamHub hub;
    private final RegistrationRules rules;
    private final Caller caller;
    private final Object lease = new Object();
    private @Nullable String registeredNodeId;

    HealthReports(WorkloadRegistry registry, StreamHub hub, RegistrationRules rules, Caller caller) {
        this.registry = registry;
        this.hub = hub;
        this.rules = rules;
        this.caller = caller;
    }

    /** Receives answers; may be called later and on another thread. */
    interface Answer {
        void send(String answer);
    }

    /**
     * Takes a report.
     *
     * @param error null if healthy
     * @throws WorkloadRegistry.Refused if another identity has registered that node id
     * @throws ClientNode.Refused if the node does not say where it listens, or names an address it may not name
     */
    void receive(ClientNode node, @Nullable Status error, Answer answer)
            throws WorkloadRegistry.Refused, ClientNode.Refused {
        if (error != null
                && error.getCode() == UNAVAILABLE
                && error.getMessage().equals(DRAINING)) {
            drain(node, answer);
            return;
        }
        WorkloadHealth health = error == null ? WorkloadHealth.HEALTHY : WorkloadHealth.UNHEALTHY;
        registry.report(lease, workload(node, health), node.number("INMESH_CONNECTION"));
        registeredNodeId = node.id();
        answer.send(error == null ? "registered" : "unhealthy");
    }

    /** The stream has ended. */
    void disconnected() {
        if (registeredNodeId != null) {
            registry.disconnected(lease, registeredNodeId);
        }
    }

    private void drain(ClientNode node, Answer answer) {
        if (registry.drain(lease, node.id())) {
            hub.afterEndpointsAcknowledged(DRAIN_LIMIT, seen -> answer.send("drained"));
        } else {
            answer.send("drained");
        }
    }

    private RegisteredWorkload workload(ClientNode node, WorkloadHealth health) throws ClientNode.Refused {
        String address = node.text("INMESH_ADDRESS");
        if (address.isEmpty()) {
            address = node.text("INSTANCE_IPS").split(",", 2)[0].strip();
        }
        if (address.isEmpty()) {
            throw new ClientNode.Refused(
                    "registration needs an address: set node metadata INMESH_ADDRESS or INSTANCE_IPS");
        }
        Optional<String> problem = rules.problem(address, caller.ip());
        if (problem.isPresent()) {
            throw new ClientNode.Refused("registration refused: " + problem.get());
        }
        String workloadName = node.text("WORKLOAD_NAME");
        return new RegisteredWorkload(
                node.id(),
                node.namespace(),
                node.instance(),
                workloadName.isEmpty() ? node.instance() : workloadName,
                node.serviceAccount(),
                node.labels(),
                address,
                ports(node.texts("INMESH_PORTS")),
                node.locality(),
                1,
                health,
                !DISABLED.equals(node.labels().get(TLS_MODE_LABEL)));
    }

    private static Map<String, Integer> ports(Map<String, String> texts) throws ClientNode.Refused {
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : texts.entrySet()) {
            int port;
            try {
                port = Integer.parseInt(entry.getValue());
            } catch (NumberFormatException e) {
                port = 0;
            }
            if (port < 1 || port > MAX_PORT) {
                throw new ClientNode.Refused("node metadata INMESH_PORTS[" + entry.getKey() + "] is \""
                        + entry.getValue() + "\"; it has to be a port from 1 to " + MAX_PORT);
            }
            ports.put(entry.getKey(), port);
        }
        return ports;
    }
}
