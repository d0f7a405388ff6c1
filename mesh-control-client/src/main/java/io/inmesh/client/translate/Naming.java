package io.inmesh.client.translate;

import io.inmesh.config.EndpointConfig;
import io.inmesh.xds.cluster.Cluster;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the host names among the endpoints of a cluster become addresses.
 *
 * <p>Source: Envoy's {@code STRICT_DNS} and {@code LOGICAL_DNS} clusters, {@code dns_lookup_family} and {@code dns_refresh_rate}.
 *
 * @param logical whether a name is one endpoint, whose new connections go to the first address of the last answer; otherwise each
 *     address is an endpoint with its own load and ejection
 * @param family which addresses count
 * @param refresh how often to look names up; answers of the JDK's resolver have no lifetime of their own
 */
public record Naming(boolean logical, Family family, Duration refresh) {

    /** Envoy's refresh interval of a cluster that names none. */
    private static final Duration DEFAULT_REFRESH = Duration.ofSeconds(5);

    /** Which addresses of a name count. A machine with both must not count twice, so one family is preferred unless all are wanted. */
    public enum Family {
        /** IPv4 only. */
        V4,
        /** IPv6 only. */
        V6,
        /** IPv4; IPv6 if there is no other. */
        V4_FIRST,
        /** IPv6; IPv4 if there is no other. */
        V6_FIRST,
        /** Both. */
        ALL
    }

    /** {@return the naming of a cluster; null if its endpoints have addresses} */
    static @Nullable Naming of(Cluster cluster) {
        boolean logical = cluster.getType() == Cluster.DiscoveryType.LOGICAL_DNS;
        if (!logical && cluster.getType() != Cluster.DiscoveryType.STRICT_DNS) {
            return null;
        }
        Family family = switch (cluster.getDnsLookupFamily()) {
            case V4_ONLY -> Family.V4;
            case V6_ONLY -> Family.V6;
            case V4_PREFERRED -> Family.V4_FIRST;
            case ALL -> Family.ALL;
            case AUTO, UNRECOGNIZED -> Family.V6_FIRST;
        };
        Duration refresh = Values.duration(cluster.getDnsRefreshRate());
        return new Naming(logical, family, refresh.isZero() ? DEFAULT_REFRESH : refresh);
    }

    /** {@return the host names among endpoints} */
    public Set<String> namesIn(List<EndpointConfig> endpoints) {
        return endpoints.stream()
                .map(EndpointConfig::host)
                .filter(Naming::isName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * {@return endpoints with addresses in the place of names; a name without any is left out}
     *
     * @param addresses the addresses of a name, in the order to prefer them
     */
    public List<EndpointConfig> resolve(List<EndpointConfig> endpoints, Function<String, List<InetAddress>> addresses) {
        List<EndpointConfig> resolved = new ArrayList<>();
        for (EndpointConfig endpoint : endpoints) {
            if (!isName(endpoint.host())) {
                resolved.add(endpoint);
                continue;
            }
            List<InetAddress> chosen = chosen(addresses.apply(endpoint.host()));
            if (logical && !chosen.isEmpty()) {
                resolved.add(endpoint.withAddress(chosen.get(0).getHostAddress()));
            } else if (!logical) {
                // Sorted, since the order of an answer means nothing here and changes with each.
                chosen.stream()
                        .map(InetAddress::getHostAddress)
                        .distinct()
                        .sorted(Comparator.naturalOrder())
                        .forEach(address -> resolved.add(endpoint.resolvedTo(address)));
            }
        }
        return resolved;
    }

    private List<InetAddress> chosen(List<InetAddress> addresses) {
        List<InetAddress> six =
                addresses.stream().filter(Inet6Address.class::isInstance).toList();
        List<InetAddress> four = addresses.stream()
                .filter(address -> !(address instanceof Inet6Address))
                .toList();
        return switch (family) {
            case V4 -> four;
            case V6 -> six;
            case V4_FIRST -> four.isEmpty() ? six : four;
            case V6_FIRST -> six.isEmpty() ? four : six;
            case ALL -> addresses;
        };
    }

    /** {@return whether a host is no IP address: those of version 6 have colons, those of version 4 end in a number as no domain does} */
    private static boolean isName(String host) {
        String last = host.substring(host.lastIndexOf('.') + 1);
        boolean number = !last.isEmpty() && last.chars().allMatch(Character::isDigit);
        return host.indexOf(':') < 0 && !number;
    }
}
