package io.inmesh.server.source.consul;

import io.inmesh.server.fetch.CaFile;
import io.inmesh.server.fetch.ServerUrl;
import io.inmesh.server.service.Protocol;
import io.inmesh.server.settings.Section;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An entry of {@code sources.consul}.
 *
 * @param url an agent or server: HTTPS, or HTTP to this machine
 * @param tls whom to trust; null is the machine's own roots
 * @param tokenFile file with the ACL token, read anew for each question
 * @param datacenter whose services; empty for that of the agent
 * @param namespace the mesh's namespace that services belong to
 * @param services which services; all if empty
 * @param tag only instances with this tag; empty for all
 * @param port the port callers use where a service does not say; 0 for that which most of its instances listen on
 * @param protocol what services speak that do not say
 * @param longestWait how long Consul may wait for something new, up to 10 min
 * @param most how many services at most have a blocking query of their own, which takes a connection: Consul allows a client 200. If there
 *     are more, all are followed by a few connections
 */
public record ConsulSettings(
        URI url,
        @Nullable SSLContext tls,
        Optional<Path> tokenFile,
        String datacenter,
        String namespace,
        List<String> services,
        String tag,
        int port,
        Protocol protocol,
        Duration longestWait,
        int most) {
    private static final Duration MOST_WAIT = Duration.ofMinutes(10);
    private static final int USUAL_MOST = 150;
    private static final int MAX_PORT = 65_535;

    /** Copies the list. */
    public ConsulSettings {
        services = List.copyOf(services);
    }

    /** {@return what an entry says} */
    public static ConsulSettings read(Section section) {
        Duration wait = section.duration("wait", Duration.ofMinutes(5));
        if (wait.compareTo(MOST_WAIT) > 0 || wait.compareTo(Duration.ofSeconds(1)) < 0) {
            throw section.fault("wait", "has to be from 1s to 10m");
        }
        return new ConsulSettings(
                ServerUrl.read(section, "url"),
                CaFile.read(section),
                section.file("tokenFile"),
                section.text("datacenter", ""),
                section.text("namespace", "default"),
                section.texts("services"),
                section.text("tag", ""),
                section.number("port", 0, 1, MAX_PORT),
                section.choice("protocol", Protocol.class, Protocol.HTTP),
                wait,
                section.number("most", USUAL_MOST, 0, 10_000));
    }
}
