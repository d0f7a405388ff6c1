package io.inmesh.server.registry;

import java.util.Map;

/**
 * A process that registered itself by connecting (Istio: an auto-registered WorkloadEntry). Immutable; a change is a new record.
 *
 * @param nodeId the xDS node id, unique in the mesh: {@code sidecar~10.0.0.1~reviews-1.default~default.svc.cluster.local}
 * @param namespace its namespace, proven by its certificate
 * @param name the instance: the third part of the node id without the namespace
 * @param workloadName the group it belongs to (metadata {@code WORKLOAD_NAME}); the instance name if it does not say
 * @param serviceAccount its service account, proven by its certificate
 * @param labels workload labels, which services select by
 * @param address IP address or host name that callers dial
 * @param ports service port name or number to the port it listens on; a port that is missing is looked up in the service
 * @param locality where it runs
 * @param weight share of requests relative to other endpoints, at least 1
 * @param health what it last said about itself
 * @param tls whether it takes mesh mTLS on those ports
 */
public record RegisteredWorkload(
        String nodeId,
        String namespace,
        String name,
        String workloadName,
        String serviceAccount,
        Map<String, String> labels,
        String address,
        Map<String, Integer> ports,
        WorkloadLocality locality,
        int weight,
        WorkloadHealth health,
        boolean tls) {
    public RegisteredWorkload {
        labels = Map.copyOf(labels);
        ports = Map.copyOf(ports);
        if (weight < 1) {
            throw new IllegalArgumentException(
                    "weight of workload " + nodeId + " is " + weight + "; it has to be 1 or more");
        }
    }

    /** This workload with another health. */
    public RegisteredWorkload withHealth(WorkloadHealth newHealth) {
        return new RegisteredWorkload(
                nodeId,
                namespace,
                name,
                workloadName,
                serviceAccount,
                labels,
                address,
                ports,
                locality,
                weight,
                newHealth,
                tls);
    }
}
