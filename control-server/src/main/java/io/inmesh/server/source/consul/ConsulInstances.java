package io.inmesh.server.source.consul;

import io.inmesh.server.rule.IpAddresses;
import io.inmesh.server.service.Protocol;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import io.inmesh.server.source.NamedSource;
import io.inmesh.server.source.SourceService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Makes a service of its instances. */
final class ConsulInstances {
    private static final int MAX_PORT = 65_535;

    private final String source;
    private final ConsulSettings settings;

    ConsulInstances(String source, ConsulSettings settings) {
        this.source = source;
        this.settings = settings;
    }

    SourceService read(String name, List<ConsulInstance> answer) {
        List<ConsulInstance> usable = new ArrayList<>();
        int unusable = 0;
        for (ConsulInstance instance : answer) {
            boolean real = instance.kind().isEmpty() || instance.kind().equals("typical");
            boolean reachable = IpAddresses.valid(instance.address()) && validPort(instance.port());
            if (real && reachable) {
                usable.add(instance);
            } else if (real) {
                unusable++;
            }
        }
        int called = calledPort(usable);
        List<Workload> endpoints = usable.stream()
                .map(instance -> endpoint(name, called, instance))
                .toList();
        return new SourceService(
                settings.namespace(),
                name,
                // Without instances it is not known which port callers use.
                called == 0 ? List.of() : List.of(new ServicePort(called, "", protocol(usable), "")),
                endpoints,
                unusable == 0 ? "" : unusable + " instances have no IP address or no port and are not used");
    }

    private Workload endpoint(String name, int called, ConsulInstance instance) {
        return new Workload(
                settings.namespace(),
                name,
                NamedSource.endpointId(
                        source, instance.node() + "/" + (instance.id().isEmpty() ? name : instance.id())),
                instance.labels(),
                instance.address(),
                Map.of(Integer.toString(called), instance.port()),
                instance.locality(),
                instance.weight(),
                instance.serviceAccount(),
                instance.health(),
                instance.meshTls());
    }

    private static boolean validPort(int port) {
        return port > 0 && port <= MAX_PORT;
    }

    /** What an instance says, else the settings, else what most instances listen on, of several the lowest; 0 without instances. */
    private int calledPort(List<ConsulInstance> instances) {
        for (ConsulInstance instance : instances) {
            int said = instance.calledPort();
            if (validPort(said)) {
                return said;
            }
        }
        if (instances.isEmpty() || settings.port() > 0) {
            return settings.port();
        }
        Map<Integer, Integer> counts = new TreeMap<>();
        instances.forEach(instance -> counts.merge(instance.port(), 1, Integer::sum));
        int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() == most)
                .mapToInt(Map.Entry::getKey)
                .min()
                .orElse(0);
    }

    private Protocol protocol(List<ConsulInstance> instances) {
        for (ConsulInstance instance : instances) {
            String said = instance.protocol().toUpperCase(Locale.ROOT);
            for (Protocol protocol : Protocol.values()) {
                if (protocol.name().equals(said)) {
                    return protocol;
                }
            }
        }
        return settings.protocol();
    }
}
