package io.inmesh.server.service;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.LabelSelector;
import io.inmesh.server.rule.RuleOrder;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.store.ConfigView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All services of the mesh by full host name. Immutable.
 *
 * <p>If several resources define one host, the core Service wins, then the oldest ServiceEntry; a ServiceEntry that names a core Service
 * only adds subject alternative names to it. Services that only other registries know come last.
 */
public final class ServiceIndex {
    private final SortedMap<String, MeshService> services;
    private final Map<String, Joint> joints;

    /** A service of the configuration and what other registries know of it, and what both come to. */
    private record Joint(MeshService own, MeshService discovered, MeshService joined) {}

    private ServiceIndex(SortedMap<String, MeshService> services, Map<String, Joint> joints) {
        this.services = Collections.unmodifiableSortedMap(services);
        this.joints = joints;
    }

    /** Joins services and workloads of {@code view} with self-registered workloads. */
    public static ServiceIndex of(ConfigView view, Collection<Workload> registered, RuleSettings settings) {
        return of(view, registered, List.of(), settings);
    }

    /**
     * As above, with services that other registries know. What the configuration says of a service holds; endpoints are those of both.
     */
    public static ServiceIndex of(
            ConfigView view,
            Collection<Workload> registered,
            Collection<MeshService> discovered,
            RuleSettings settings) {
        return of(view, registered, discovered, settings, null);
    }

    /** As above; services that are what they were in {@code previous} are the same objects. */
    public static ServiceIndex of(
            ConfigView view,
            Collection<Workload> registered,
            Collection<MeshService> discovered,
            RuleSettings settings,
            @Nullable ServiceIndex previous) {
        List<Workload> workloads = new ArrayList<>(registered);
        view.byKind("WorkloadEntry").stream().map(WorkloadEntries::read).forEach(workloads::add);
        WorkloadSelection selection = new WorkloadSelection(workloads);
        ServingAccounts accounts = new ServingAccounts(registered, settings.namedServersOnly());

        SortedMap<String, MeshService> services = new TreeMap<>();
        for (Resource resource : view.byKind("Service")) {
            CoreServices.read(resource, settings).ifPresent(service -> {
                LabelSelector selector = CoreServices.selector(resource);
                services.put(
                        service.fqdn(),
                        service.withWorkloads(
                                accounts.permitted(resource, selection.select(service.namespace(), selector))));
            });
        }
        view.byKind("ServiceEntry").stream().sorted(RuleOrder.OLDEST_FIRST).forEach(resource -> {
            for (MeshService service : ServiceEntries.read(resource, settings)) {
                MeshService filled = ServiceEntries.selector(resource)
                        .map(selector -> service.withWorkloads(
                                accounts.permitted(resource, selection.select(service.namespace(), selector))))
                        .orElse(service);
                services.merge(service.fqdn(), filled, ServiceIndex::keepFirst);
            }
        });
        Map<String, Joint> joints = new HashMap<>();
        for (MeshService other : discovered) {
            MeshService own = services.get(other.fqdn());
            if (own == null) {
                services.put(other.fqdn(), other);
            } else {
                Joint joint = join(own, other, previous == null ? null : previous.joints.get(other.fqdn()));
                joints.put(other.fqdn(), joint);
                services.put(other.fqdn(), joint.joined());
            }
        }
        if (previous != null) {
            SortedMap<String, MeshService> before = previous.services;
            services.replaceAll((fqdn, service) -> {
                MeshService same = before.get(fqdn);
                return same != null && same.equals(service) ? same : service;
            });
        }
        return new ServiceIndex(services, joints);
    }

    /** Joining looks at every endpoint, so it is done again only for what has changed. */
    private static Joint join(MeshService own, MeshService other, @Nullable Joint before) {
        return before != null && before.own().equals(own) && before.discovered().equals(other)
                ? before
                : new Joint(own, other, own.joinedBy(other));
    }

    /** Every service by full host name. */
    public SortedMap<String, MeshService> all() {
        return services;
    }

    /** The service with exactly this host name. */
    public Optional<MeshService> find(String fqdn) {
        return Optional.ofNullable(services.get(fqdn));
    }

    /** The services a client in {@code namespace} may see. */
    public List<MeshService> visibleFrom(String namespace) {
        return services.values().stream()
                .filter(s -> s.scope().visibleFrom(namespace))
                .toList();
    }

    private static MeshService keepFirst(MeshService first, MeshService later) {
        if (!first.kubernetes() || later.subjectAltNames().isEmpty()) {
            return first;
        }
        List<String> names = new ArrayList<>(first.subjectAltNames());
        names.addAll(later.subjectAltNames());
        return first.withSubjectAltNames(names.stream().distinct().sorted().toList());
    }
}
