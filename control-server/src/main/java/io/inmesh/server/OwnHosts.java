package io.inmesh.server;

import io.inmesh.server.access.AccessSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What this server is called. */
final class OwnHosts {

    private OwnHosts() {}

    /** {@return under which names and addresses this server is called: by those its certificate has to have} */
    static Set<String> of(ServerOptions options, AccessSettings access) throws IOException {
        Set<String> hosts = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
        hosts.addAll(access.hosts());
        for (String name : List.of(options.grpcAddress(), options.httpAddress())) {
            InetAddress address = InetAddress.getByName(name);
            if (!address.isAnyLocalAddress()) {
                hosts.add(address.getHostAddress());
            } else {
                hosts.add(InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT));
                hosts.add(InetAddress.getLocalHost().getHostAddress());
            }
        }
        return hosts;
    }
}
