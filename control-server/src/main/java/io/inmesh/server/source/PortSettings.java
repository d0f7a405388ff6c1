package io.inmesh.server.source;

import io.inmesh.server.service.Protocol;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.settings.Section;
import java.util.ArrayList;
import java.util.List;

/** Ports of a service as settings name them. */
public final class PortSettings {
    private static final int MAX_PORT = 65_535;

    private PortSettings() {}

    /** {@return the list {@code ports} of a section: at least one, each with {@code number}, and {@code name}, {@code protocol} and {@code targetPort} if wanted} */
    public static List<ServicePort> read(Section section) {
        List<ServicePort> ports = new ArrayList<>();
        for (Section port : section.sections("ports")) {
            ports.add(new ServicePort(
                    number(port, "number"),
                    port.text("name", ""),
                    port.choice("protocol", Protocol.class, Protocol.HTTP),
                    port.has("targetPort") ? Integer.toString(number(port, "targetPort")) : ""));
        }
        if (ports.isEmpty()) {
            throw section.fault("ports", "is empty; name the ports that callers use, such as {number: 80}");
        }
        return List.copyOf(ports);
    }

    /** {@return a port number that has to be there} */
    public static int number(Section section, String field) {
        if (!section.has(field)) {
            throw section.fault(field, "is missing; give a port from 1 to " + MAX_PORT);
        }
        return section.number(field, 0, 1, MAX_PORT);
    }
}
