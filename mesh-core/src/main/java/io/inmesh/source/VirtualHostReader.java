package io.inmesh.source;

import io.inmesh.config.VirtualHostConfig;
import java.util.List;

/** Reads entries of {@code virtualHosts}. */
final class VirtualHostReader {

    private VirtualHostReader() {}

    static VirtualHostConfig read(Section host) {
        Value authority = host.get("host");
        return authority == null ? full(host) : shortForm(host, authority);
    }

    /** {@code host: reviews:9080} says name, port and the only domain in one. */
    private static VirtualHostConfig shortForm(Section host, Value authority) {
        VirtualHostConfig named = authority.parse(VirtualHostConfig::of, "a host name, or host:port");
        String name = named == null ? "" : named.name();
        return new VirtualHostConfig(
                name,
                named == null ? 0 : named.port(),
                named == null ? List.of() : named.domains(),
                MeshConfigYaml.all(host.list("routes"), RouteReader::read));
    }

    private static VirtualHostConfig full(Section host) {
        return new VirtualHostConfig(
                host.required("name"),
                host.integer("port", 0),
                host.texts("domains"),
                MeshConfigYaml.all(host.list("routes"), RouteReader::read));
    }
}
