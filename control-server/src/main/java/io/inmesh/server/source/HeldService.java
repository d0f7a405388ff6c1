package io.inmesh.server.source;

import io.inmesh.server.service.Health;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import io.inmesh.server.source.SourceSink.Missing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A service of a source: what was last said of it, and those of its endpoints that have vanished and are kept for now. For one thread. */
final class HeldService {
    private static final Map<Health, Integer> RANK = Map.of(Health.HEALTHY, 0, Health.UNHEALTHY, 1, Health.DRAINING, 2);

    private final Map<String, Kept> endpoints = new TreeMap<>();
    private SourceService said;
    private int mayGo;
    private @Nullable SourceService shown;
    private Optional<Long> serviceVanished = Optional.empty();

    /** An endpoint, and since when (monotonic) it has vanished, if it has. */
    private record Kept(Workload workload, Instant since, Optional<Long> vanished) {}

    /** What an earlier run of the server knew of a service, in the form that is stored. */
    record Saved(SourceService service, Map<String, Long> sinceEpochSecond) {}

    HeldService(SourceService said, int mayGo) {
        this.said = said.withEndpoints(List.of());
        this.mayGo = mayGo;
    }

    static HeldService restored(Saved saved, Instant now) {
        HeldService held = new HeldService(saved.service(), 1);
        saved.service()
                .endpoints()
                .forEach(endpoint -> held.endpoints.put(
                        endpoint.id(),
                        new Kept(
                                endpoint,
                                Instant.ofEpochSecond(
                                        saved.sinceEpochSecond().getOrDefault(endpoint.id(), now.getEpochSecond())),
                                Optional.empty())));
        return held;
    }

    Saved saved() {
        Map<String, Long> since = new HashMap<>();
        endpoints.forEach((id, kept) -> since.put(id, kept.since().getEpochSecond()));
        return new Saved(shown(), since);
    }

    /** Takes over what is said now; what it does not name has vanished or goes, as {@code missing} says. */
    void told(SourceService now, Missing missing, long nanos, Instant instant) {
        Map<String, Workload> named = distinct(now.endpoints());
        Set<String> places = new HashSet<>();
        named.values().forEach(endpoint -> places.add(place(endpoint)));
        // What has come back under another id is not missing.
        endpoints
                .entrySet()
                .removeIf(e -> !named.containsKey(e.getKey())
                        && (missing == Missing.DELETED
                                || places.contains(place(e.getValue().workload()))));
        endpoints.replaceAll(
                (id, kept) -> named.containsKey(id) || kept.vanished().isPresent()
                        ? kept
                        : new Kept(kept.workload(), kept.since(), Optional.of(nanos)));
        named.forEach((id, endpoint) -> {
            Kept before = endpoints.get(id);
            endpoints.put(id, new Kept(endpoint, before == null ? instant : before.since(), Optional.empty()));
        });
        List<ServicePort> ports = now.ports().isEmpty() ? said.ports() : now.ports();
        said = new SourceService(now.namespace(), now.name(), ports, List.of(), now.remark());
        serviceVanished = Optional.empty();
        shown = null;
    }

    /** The whole service is not named any more. */
    void vanished(long nanos) {
        if (serviceVanished.isEmpty()) {
            serviceVanished = Optional.of(nanos);
        }
        endpoints.replaceAll((id, kept) ->
                kept.vanished().isPresent() ? kept : new Kept(kept.workload(), kept.since(), serviceVanished));
    }

    /** Lets a new pass begin, in which as many endpoints may go as the rules say. */
    void refill(Damping rules) {
        mayGo = rules.mayGo(endpoints.size());
    }

    /** Lets some of those go that have vanished, whichever: a registry that loses entries in some order must not take a zone with it. */
    void shrink(Damping rules, boolean frozen, long nanos, Random random) {
        boolean keepAll = frozen || vanishedCount() == endpoints.size();
        List<String> candidates = new ArrayList<>();
        endpoints.forEach((id, kept) -> kept.vanished()
                .filter(since -> !keepAll || over(rules.grace(), since, nanos))
                .ifPresent(since -> candidates.add(id)));
        Collections.shuffle(candidates, random);
        for (String id : candidates.subList(0, Math.min(mayGo, candidates.size()))) {
            endpoints.remove(id);
            mayGo--;
            shown = null;
        }
    }

    /** {@return whether nothing is left of it and its time is over} */
    boolean gone(Damping rules, long nanos) {
        return endpoints.isEmpty()
                && serviceVanished
                        .map(since -> over(rules.grace(), since, nanos))
                        .orElse(false);
    }

    private static boolean over(Duration grace, long since, long nanos) {
        return nanos - since >= grace.toNanos();
    }

    SourceService shown() {
        SourceService known = shown;
        if (known == null) {
            known = said.withEndpoints(
                    endpoints.values().stream().map(Kept::workload).toList());
            shown = known;
        }
        return known;
    }

    int known() {
        return endpoints.size();
    }

    int vanishedCount() {
        return (int) endpoints.values().stream()
                .filter(kept -> kept.vanished().isPresent())
                .count();
    }

    Optional<EndpointOrigin> origin(String id, String source, String type, Optional<Instant> answered) {
        return Optional.ofNullable(endpoints.get(id))
                .map(kept -> new EndpointOrigin(
                        source, type, kept.since(), kept.vanished().isPresent(), answered));
    }

    /** Of several endpoints in one place, the one in the best health. */
    private static Map<String, Workload> distinct(Collection<Workload> endpoints) {
        Map<String, Workload> byPlace = new TreeMap<>();
        for (Workload endpoint : endpoints) {
            byPlace.merge(place(endpoint), endpoint, HeldService::better);
        }
        Map<String, Workload> byId = new TreeMap<>();
        byPlace.values().forEach(endpoint -> byId.merge(endpoint.id(), endpoint, HeldService::better));
        return byId;
    }

    private static Workload better(Workload one, Workload other) {
        int byHealth = RANK.getOrDefault(one.health(), 0) - RANK.getOrDefault(other.health(), 0);
        return byHealth < 0 || (byHealth == 0 && one.id().compareTo(other.id()) <= 0) ? one : other;
    }

    private static String place(Workload endpoint) {
        return endpoint.address() + " " + new TreeMap<>(endpoint.ports());
    }
}
