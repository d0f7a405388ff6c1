package io.inmesh.server.translate;

import io.inmesh.server.registry.RegisteredWorkload;
import io.inmesh.server.service.Health;
import io.inmesh.server.service.Locality;
import io.inmesh.server.service.Workload;

/** Self-registered workloads as the service model sees them. */
public final class RegisteredWorkloads {
    private RegisteredWorkloads() {}

    /** {@return the workload that a process registered} */
    public static Workload workload(RegisteredWorkload registered) {
        return new Workload(
                registered.namespace(),
                registered.workloadName(),
                registered.nodeId(),
                registered.labels(),
                registered.address(),
                registered.ports(),
                new Locality(
                        registered.locality().region(),
                        registered.locality().zone(),
                        registered.locality().subZone()),
                registered.weight(),
                registered.serviceAccount(),
                switch (registered.health()) {
                    case HEALTHY -> Health.HEALTHY;
                    case UNHEALTHY -> Health.UNHEALTHY;
                    case DRAINING -> Health.DRAINING;
                },
                registered.tls());
    }
}
