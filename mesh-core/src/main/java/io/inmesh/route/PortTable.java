package io.inmesh.route;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The virtual hosts of one name by port. A name has few ports, so a scan is the fastest lookup. */
final class PortTable {

    private final VirtualHost[] hosts;

    private PortTable(VirtualHost[] hosts) {
        this.hosts = hosts;
    }

    static PortTable of(VirtualHost host) {
        return new PortTable(new VirtualHost[] {host});
    }

    PortTable with(PortTable other) {
        VirtualHost[] both = Arrays.copyOf(hosts, hosts.length + other.hosts.length);
        System.arraycopy(other.hosts, 0, both, hosts.length, other.hosts.length);
        return new PortTable(both);
    }

    /** {@return the virtual host of a port, else the one of every port, else null} */
    @Nullable
    VirtualHost find(int port) {
        VirtualHost everyPort = null;
        for (VirtualHost host : hosts) {
            if (host.port() == port) {
                return host;
            }
            if (host.port() == 0) {
                everyPort = host;
            }
        }
        return everyPort;
    }

    List<Integer> ports() {
        return Arrays.stream(hosts).map(VirtualHost::port).toList();
    }
}
