package io.inmesh.balance;

import io.inmesh.config.BalancingConfig.SubsetConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.config.SpreadConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.hash.XxHash64;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a large cluster that one process uses: by rendezvous hashing, so that processes choose differently, none needs to know of
 * another, and a server that comes, goes or falls ill changes at most one of them.
 *
 * <p>Source: gRFC A68: XXH64 of the address, seeded by the client, the lowest taken. Endpoints that the registry calls healthy come before
 * all others, so a process with enough healthy endpoints in reach has no others; ejection, which each process judges for itself, changes
 * nothing, since it would drive all of them to the same few.
 */
final class Subset {

    private Subset() {}

    /**
     * {@return the endpoints to use, in their order}
     *
     * @param config how many of each priority, and of each locality where localities share by weight or zone; null for all
     */
    static List<Endpoint> of(List<Endpoint> endpoints, @Nullable SubsetConfig config, SpreadConfig spread) {
        if (config == null || endpoints.size() <= config.size()) {
            return endpoints;
        }
        long seed = XxHash64.hash(config.client());
        Map<String, List<Ranked>> groups = new TreeMap<>();
        for (int i = 0; i < endpoints.size(); i++) {
            Endpoint endpoint = endpoints.get(i);
            groups.computeIfAbsent(group(endpoint.config(), spread), group -> new ArrayList<>())
                    .add(new Ranked(
                            endpoint,
                            i,
                            endpoint.config().health() == Health.HEALTHY,
                            XxHash64.hash(endpoint.toString(), seed)));
        }
        return groups.values().stream()
                .flatMap(group -> group.stream().sorted(Ranked.FIRST_CHOICE).limit(config.size()))
                .sorted(Comparator.comparingInt(Ranked::index))
                .map(Ranked::endpoint)
                .toList();
    }

    private static String group(EndpointConfig endpoint, SpreadConfig spread) {
        String place = spread.mode() == SpreadConfig.Mode.NONE ? "" : endpoint.locality();
        return endpoint.priority() + "/" + place;
    }

    private record Ranked(Endpoint endpoint, int index, boolean healthy, long hash) {
        static final Comparator<Ranked> FIRST_CHOICE = Comparator.comparing(Ranked::healthy)
                .reversed()
                .thenComparing(Ranked::hash, Long::compareUnsigned)
                .thenComparing(ranked -> ranked.endpoint.toString());
    }
}
