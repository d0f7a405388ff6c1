package io.inmesh.endpoint;

import io.inmesh.config.EndpointConfig;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The endpoints of one cluster by address: the same address is the same object for as long as the config has it, so its load, ejection
 * and connections survive everything else that changes. Holds exactly the endpoints of the newest config. Used by one thread at a time.
 */
public final class EndpointRegistry {

    private final String cluster;
    private final Clock clock;
    private final Rotation rotation = new Rotation();
    private Map<Address, Endpoint> endpoints = Map.of();
    private Map<String, EndpointGroup> groups = Map.of();

    /**
     * Makes an empty registry.
     *
     * @param cluster name of the cluster, which its endpoints carry
     */
    public EndpointRegistry(String cluster) {
        this(cluster, Clock.SYSTEM);
    }

    /**
     * Makes an empty registry.
     *
     * @param cluster name of the cluster, which its endpoints carry
     * @param clock times how long endpoints have been there
     */
    public EndpointRegistry(String cluster, Clock clock) {
        this.cluster = cluster;
        this.clock = clock;
    }

    /**
     * Takes over the addresses of a newer config, in one pass over both.
     *
     * <p>An address may be listed twice, as when a process restarts before its predecessor's registration has run out. It is one
     * endpoint, described by the entry with the better health, the earlier one if they are equal.
     *
     * @return the endpoints in the order of the config, and those that left
     */
    public Change update(List<EndpointConfig> configs) {
        Map<Address, EndpointConfig> wanted = new LinkedHashMap<>(configs.size() * 2);
        for (EndpointConfig config : configs) {
            wanted.merge(
                    new Address(config.host(), config.port()),
                    config,
                    (first, second) -> second.health().compareTo(first.health()) < 0 ? second : first);
        }
        Map<Address, Endpoint> before = endpoints;
        long nowNanos = clock.nanos();
        Map<Address, Endpoint> after = new HashMap<>(wanted.size() * 2);
        List<Endpoint> current = new ArrayList<>(wanted.size());
        Map<String, EndpointGroup> groupsBefore = groups;
        Map<String, EndpointGroup> groupsAfter = new HashMap<>();
        wanted.forEach((address, config) -> {
            Endpoint known = before.get(address);
            Endpoint endpoint = known == null ? new Endpoint(cluster, config, rotation) : known;
            boolean returns = known != null && known.config().health() != Health.HEALTHY;
            // Those that come first have nobody to leave calls to.
            if (!before.isEmpty() && config.health() == Health.HEALTHY && (known == null || returns)) {
                endpoint.appeared(nowNanos);
            }
            endpoint.update(config);
            endpoint.joins(groupsAfter.computeIfAbsent(EndpointGroup.nameOf(config.workload()), name -> {
                EndpointGroup same = groupsBefore.get(name);
                return same == null ? new EndpointGroup(name) : same;
            }));
            after.put(address, endpoint);
            current.add(endpoint);
        });
        List<Endpoint> removed = new ArrayList<>();
        before.forEach((address, endpoint) -> {
            if (!after.containsKey(address)) {
                removed.add(endpoint);
            }
        });
        endpoints = after;
        groups = groupsAfter;
        return new Change(List.copyOf(current), removed);
    }

    /** {@return tells when one of the endpoints is ejected or returns} */
    public Rotation rotation() {
        return rotation;
    }

    /** {@return how many endpoints are held} */
    public int size() {
        return endpoints.size();
    }

    /** {@return all endpoints held, in no order} */
    public List<Endpoint> endpoints() {
        return List.copyOf(endpoints.values());
    }

    /**
     * What an update came to.
     *
     * @param endpoints the endpoints there are now
     * @param removed the endpoints there were before and are no longer
     */
    public record Change(List<Endpoint> endpoints, List<Endpoint> removed) {}

    private record Address(String host, int port) {}
}
