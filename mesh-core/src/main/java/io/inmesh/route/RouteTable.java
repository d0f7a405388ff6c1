package io.inmesh.route;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Virtual hosts by name. Immutable; a lookup allocates nothing. */
public final class RouteTable {

    private final Map<String, PortTable> exact = new HashMap<>();
    private final AffixTable<PortTable> bySuffix;

    /**
     * Makes a table.
     *
     * @param hosts virtual hosts, of which no two have the same domain and port
     */
    public RouteTable(List<VirtualHost> hosts) {
        Map<String, PortTable> suffixes = new HashMap<>();
        for (VirtualHost host : hosts) {
            for (String domain : host.config().domains()) {
                boolean wildcard = domain.startsWith("*");
                String key = HostNames.withoutTrailingDot(wildcard ? domain.substring(1) : domain);
                (wildcard ? suffixes : exact).merge(key, PortTable.of(host), PortTable::with);
            }
        }
        bySuffix = AffixTable.ofSuffixes(suffixes);
    }

    /**
     * {@return the virtual host of a name: the exact one, else that of the longest wildcard, the lone asterisk last; of those with the same name
     * the one of the port before the one of every port. Null if the mesh does not know the name on this port}
     *
     * @param host lower case name without port; a trailing dot, which only says that the name is complete, is ignored
     * @param port destination port
     */
    public @Nullable VirtualHost find(String host, int port) {
        String name = HostNames.withoutTrailingDot(host);
        PortTable named = exact.get(name);
        VirtualHost found = named == null ? null : named.find(port);
        return found == null ? bySuffix(name, port) : found;
    }

    private @Nullable VirtualHost bySuffix(String name, int port) {
        VirtualHost found = null;
        int longest = bySuffix.longest(name);
        int hash = 0;
        for (int length = 0; length <= longest; length++) {
            hash = length == 0 ? 0 : bySuffix.extend(hash, name, length);
            PortTable table = bySuffix.get(name, length, hash);
            VirtualHost candidate = table == null ? null : table.find(port);
            found = candidate == null ? found : candidate;
        }
        return found;
    }

    /** {@return the ports on which a name is known exactly, 0 for every port; for messages} */
    public List<Integer> knownPorts(String host) {
        PortTable named = exact.get(HostNames.withoutTrailingDot(host));
        return named == null ? List.of() : List.copyOf(new TreeSet<>(named.ports()));
    }
}
