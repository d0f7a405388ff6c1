package io.inmesh.route;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Virtual hosts by name. Immutable. */
public final class RouteTable {

    private final Map<String, VirtualHost[]> exact = new HashMap<>();
    private final Map<String, VirtualHost[]> wildcard = new HashMap<>();

    /** Makes a table of virtual hosts. */
    public RouteTable(List<VirtualHost> hosts) {
        for (VirtualHost host : hosts) {
            for (String domain : host.domains()) {
                boolean wild = domain.startsWith("*");
                put(wild ? wildcard : exact, wild ? domain.substring(1) : domain, host);
            }
        }
    }

    /** {@return the virtual host of a name: exact, then the longest wildcard, then {@code *}; port-specific before any port} */
    public @Nullable VirtualHost find(String host, int port) {
        VirtualHost found = select(exact.get(host), port);
        for (int from = 1; found == null && !wildcard.isEmpty() && from <= host.length(); from++) {
            found = select(wildcard.get(host.substring(from)), port);
        }
        return found;
    }

    private static @Nullable VirtualHost select(VirtualHost @Nullable [] hosts, int port) {
        VirtualHost any = null;
        if (hosts != null) {
            for (VirtualHost host : hosts) {
                if (host.port() == port) {
                    return host;
                }
                any = host.port() == 0 ? host : any;
            }
        }
        return any;
    }

    private static void put(Map<String, VirtualHost[]> hosts, String key, VirtualHost host) {
        VirtualHost[] before = hosts.getOrDefault(key, new VirtualHost[0]);
        VirtualHost[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = host;
        hosts.put(key, after);
    }
}
