package io.inmesh.client.translate;

import io.inmesh.config.VirtualHostConfig;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Domains of virtual hosts: with or without port and trailing dot on the wire, names alone beside a port in the core. */
final class Domains {

    private Domains() {}

    /**
     * {@return a virtual host as the core knows it: for one port and with names alone; several if its domains name several ports}
     *
     * @param host as sent
     * @param port port of the listener, 0 if the listener is for every port; then those of the domains count
     */
    static List<VirtualHostConfig> split(VirtualHostConfig host, int port) {
        Map<Integer, Set<String>> byPort = new TreeMap<>();
        for (String domain : host.domains()) {
            int colon = portColon(domain);
            boolean named = colon > 0 && isPort(domain.substring(colon + 1));
            // "*" in place of a port means any of them, as does none.
            int own = named ? Integer.parseInt(domain.substring(colon + 1)) : 0;
            byPort.computeIfAbsent(port == 0 ? own : port, any -> new LinkedHashSet<>())
                    .add(withoutDot(colon > 0 ? domain.substring(0, colon) : domain));
        }
        List<VirtualHostConfig> hosts = new ArrayList<>();
        byPort.forEach((number, names) -> hosts.add(new VirtualHostConfig(
                byPort.size() == 1 ? host.name() : host.name() + " on port " + number,
                number,
                List.copyOf(names),
                host.routes())));
        return hosts.isEmpty() ? List.of(host) : hosts;
    }

    /** {@return where the port begins, -1 if there is none; an IPv6 address has colons of its own} */
    private static int portColon(String domain) {
        int colon = domain.lastIndexOf(':');
        if (colon <= 0 || domain.indexOf(':') != colon && domain.charAt(colon - 1) != ']') {
            return -1;
        }
        String port = domain.substring(colon + 1);
        return port.equals("*") || isPort(port) ? colon : -1;
    }

    static boolean isPort(String text) {
        return !text.isEmpty()
                && text.length() <= 5
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && Integer.parseInt(text) <= 65535;
    }

    private static String withoutDot(String host) {
        return host.length() > 1 && host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }
}
