package io.inmesh.server.source.dns;

import io.inmesh.server.rule.IpAddresses;
import io.inmesh.server.settings.Section;
import io.inmesh.server.source.PortSettings;
import io.inmesh.server.time.Durations;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An entry of {@code sources.dns}.
 *
 * @param servers name servers, asked one after the other; those of the machine by default
 * @param services what to ask for
 * @param limit how long a server may take, 2 s by default
 * @param least shortest time from one question to the next, 5 s by default: for answers that hold for less, or say that there is nothing
 * @param most longest time, 5 min by default
 */
public record DnsSettings(
        List<InetSocketAddress> servers, List<DnsService> services, Duration limit, Duration least, Duration most) {
    private static final Path MACHINE = Path.of("/etc/resolv.conf");
    private static final int PORT = 53;
    private static final int MAX_PORT = 65_535;

    /** Copies the lists. */
    public DnsSettings {
        servers = List.copyOf(servers);
        services = List.copyOf(services);
    }

    /** {@return what an entry says} */
    public static DnsSettings read(Section section) {
        List<InetSocketAddress> servers = new ArrayList<>();
        for (String server : section.texts("servers")) {
            servers.add(server(section, server));
        }
        List<DnsService> services = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section one : section.sections("services")) {
            DnsService service = service(one);
            if (!names.add(service.namespace() + "/" + service.name())) {
                throw one.fault("name", "is that of another service of this source; give each its own");
            }
            services.add(service);
        }
        if (services.isEmpty()) {
            throw section.fault("services", "is empty; name what to ask for");
        }
        Duration atLeast = section.duration("atLeast", Duration.ofSeconds(5));
        Duration atMost = section.duration("atMost", Duration.ofMinutes(5));
        if (atLeast.compareTo(atMost) > 0) {
            throw section.fault(
                    "atLeast",
                    "is " + Durations.text(atLeast) + ", longer than atMost, " + Durations.text(atMost)
                            + "; a question is asked again between the two");
        }
        return new DnsSettings(
                servers.isEmpty() ? ofMachine(section) : servers,
                services,
                section.duration("timeout", Duration.ofSeconds(2)),
                atLeast,
                atMost);
    }

    private static DnsService service(Section one) {
        boolean srv = one.has("srv");
        if (srv == one.has("host")) {
            throw one.fault("srv", "or host has to be there, and not both: SRV records know ports, addresses do not");
        }
        String field = srv ? "srv" : "host";
        String query = one.text(field);
        if (!DnsMessage.askable(query)) {
            throw one.fault(field, "is \"" + query + "\" but has to be a name of DNS, without a dot at its end");
        }
        return new DnsService(one.text("namespace", "default"), one.text("name"), PortSettings.read(one), query, srv);
    }

    private static InetSocketAddress server(Section section, String text) {
        int colon = text.lastIndexOf(':');
        boolean port = colon > 0 && (text.indexOf(':') == colon || text.startsWith("["));
        String address = (port ? text.substring(0, colon) : text).replaceAll("[\\[\\]]", "");
        String number = port ? text.substring(colon + 1) : Integer.toString(PORT);
        if (!IpAddresses.valid(address)
                || !number.matches("\\d{1,5}")
                || Integer.parseInt(number) > MAX_PORT
                || Integer.parseInt(number) == 0) {
            throw section.fault(
                    "servers", "has \"" + text + "\" but has to have addresses such as 10.0.0.2 or 10.0.0.2:53");
        }
        return new InetSocketAddress(address, Integer.parseInt(number));
    }

    private static List<InetSocketAddress> ofMachine(Section section) {
        List<InetSocketAddress> servers = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(MACHINE)) {
                String[] words = line.strip().split("\\s+");
                if (words.length > 1 && words[0].equals("nameserver") && IpAddresses.valid(words[1])) {
                    servers.add(new InetSocketAddress(words[1], PORT));
                }
            }
        } catch (IOException e) {
            throw section.fault("servers", "is missing, and " + MACHINE + " cannot be read; name name servers");
        }
        if (servers.isEmpty()) {
            throw section.fault("servers", "is missing, and " + MACHINE + " names none; name name servers");
        }
        return servers;
    }
}
