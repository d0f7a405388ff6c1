package io.inmesh.server.source;

import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import java.util.List;

/**
 * A service as a registry knows it.
 *
 * @param namespace the namespace it belongs to here
 * @param name a name without dots, which callers use like that of a core Service, or a whole host name
 * @param ports the ports callers use; empty if it does not say, and those it said last hold
 * @param endpoints what is behind it; ids are unique in the source
 * @param remark what of it cannot be used and why; empty if all can
 */
public record SourceService(
        String namespace, String name, List<ServicePort> ports, List<Workload> endpoints, String remark) {
    /** Copies the lists. */
    public SourceService {
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
    }

    String key() {
        return namespace + "/" + name;
    }

    SourceService withEndpoints(List<Workload> others) {
        return new SourceService(namespace, name, ports, others, remark);
    }
}
