package io.inmesh.server.source.file;

import io.inmesh.server.rule.IpAddresses;
import io.inmesh.server.service.Health;
import io.inmesh.server.service.Locality;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.source.NamedSource;
import io.inmesh.server.source.PortSettings;
import io.inmesh.server.source.SourceService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a file of services: as strictly as the settings file, so that no typing error takes endpoints away. */
final class FileServices {
    private static final int MAX_PORT = 65_535;

    private FileServices() {}

    /**
     * {@return all services of a file}
     *
     * @throws IOException if it cannot be read
     * @throws io.inmesh.server.settings.SettingsException if anything in it does not fit
     */
    static List<SourceService> read(String source, Path file) throws IOException {
        Section root = SettingsFile.read(file);
        if (!root.has("services")) {
            // What a writer that was interrupted leaves behind is often nothing.
            throw root.fault("services", "is missing; write \"services: []\" if there are to be none");
        }
        List<SourceService> services = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section one : root.sections("services")) {
            SourceService service = service(source, one);
            if (!names.add(service.namespace() + "/" + service.name())) {
                throw one.fault("name", "is that of another service of the file; write its endpoints in one place");
            }
            services.add(service);
        }
        root.end();
        return services;
    }

    private static SourceService service(String source, Section one) {
        String namespace = one.text("namespace", "default");
        String name = one.text("name");
        List<ServicePort> ports = PortSettings.read(one);
        List<Workload> endpoints = new ArrayList<>();
        for (Section endpoint : one.sections("endpoints")) {
            endpoints.add(endpoint(source, namespace, name, ports, endpoint));
        }
        return new SourceService(namespace, name, ports, endpoints, "");
    }

    private static Workload endpoint(
            String source, String namespace, String service, List<ServicePort> known, Section one) {
        String address = one.text("address");
        if (!IpAddresses.valid(address)) {
            throw one.fault(
                    "address", "is \"" + address + "\" but has to be an IP address; names are for sources of type dns");
        }
        Map<String, Integer> ports = new HashMap<>();
        Section given = one.section("ports");
        for (String port : given.names()) {
            if (known.stream()
                    .noneMatch(own -> port.equals(own.name()) || port.equals(Integer.toString(own.number())))) {
                // Otherwise callers would be sent to the service's own port, which may be somebody else's.
                throw given.fault(port, "is no port of the service; write the name or number of one of its ports");
            }
            ports.put(port, given.number(port, 0, 1, MAX_PORT));
        }
        return new Workload(
                namespace,
                service,
                NamedSource.endpointId(source, service + "/" + address + ports),
                one.textMap("labels"),
                address,
                ports,
                Locality.parse(one.text("locality", "")),
                one.number("weight", 1, 1, Integer.MAX_VALUE),
                one.text("serviceAccount", ""),
                one.choice("health", Health.class, Health.HEALTHY),
                one.flag("meshTls", false));
    }
}
