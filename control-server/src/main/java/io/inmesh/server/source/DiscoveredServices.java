package io.inmesh.server.source;

import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.rule.ExportScope;
import io.inmesh.server.rule.HostName;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.Resolution;
import io.inmesh.server.service.Workload;
import io.inmesh.server.store.KeyValueTable;
import io.inmesh.server.time.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services of all sources together. Safe for use by several threads. */
public final class DiscoveredServices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiscoveredServices.class);

    private final List<HeldSource> sources = new ArrayList<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final String clusterDomain;
    private final Damping rules;
    private final SavedServices saved;
    private final Executor writing;
    private final Timer timer;
    private volatile boolean closed;
    private final AtomicLong version = new AtomicLong();
    private volatile @Nullable Built built;

    /** All services, as they were at a version. */
    private record Built(long version, List<MeshService> services) {}

    /**
     * Takes over what earlier runs knew; begins to ask with {@link #start}.
     *
     * @param clusterDomain the DNS domain behind {@code svc} in the names of services without a host name of their own
     * @param table where to keep what is known
     * @param writing runs writes one after the other
     */
    public DiscoveredServices(
            List<NamedSource> named,
            Damping rules,
            String clusterDomain,
            KeyValueTable table,
            Executor writing,
            Timer timer,
            InstantSource clock,
            Random random) {
        this.rules = rules;
        this.clusterDomain = clusterDomain;
        this.saved = new SavedServices(table);
        this.writing = writing;
        this.timer = timer;
        for (NamedSource one : named) {
            HeldSource held = new HeldSource(one, rules, timer, clock, random, this::changed);
            held.restore(saved.load(one.name()));
            sources.add(held);
        }
    }

    /** Begins to follow all sources, and returns at once. */
    public void start() {
        if (sources.isEmpty()) {
            return;
        }
        sources.forEach(held -> held.source().source().start(held));
        nextPass();
    }

    /**
     * Waits until every source of which nothing is known has listed its services. A server that lets clients in before would tell them
     * that services are gone that it only has not heard of yet.
     *
     * @param most how long at most
     */
    public void awaitFirst(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        for (HeldSource held : sources) {
            if (!held.knowsAnything() && !held.heard().await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                LOG.warn(
                        "{} {} has not said which services there are; clients are let in without them",
                        held.source().type(),
                        held.source().name());
            }
        }
    }

    private void nextPass() {
        timer.schedule(rules.every(), () -> {
            if (!closed) {
                sources.forEach(HeldSource::pass);
                saveSoon();
                nextPass();
            }
        });
    }

    private void saveSoon() {
        try {
            writing.execute(this::save);
        } catch (RejectedExecutionException ending) {
            LOG.debug("the server ends, and stores everything then", ending);
        }
    }

    private void save() {
        sources.forEach(held -> saved.save(held.source().name(), held.takeUnsaved()));
    }

    /** Calls {@code listener} after every change, on the thread that made it. It must be short. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    private void changed() {
        version.incrementAndGet();
        listeners.forEach(Runnable::run);
    }

    /** {@return all services by host name; of those that several sources have, the endpoints of all and the ports of the first} */
    public Collection<MeshService> services() {
        long now = version.get();
        Built known = built;
        if (known == null || known.version() != now) {
            // Labelled with the version before: what changes while this is built is built with the next call.
            known = new Built(now, build());
            built = known;
        }
        return known.services();
    }

    private List<MeshService> build() {
        Map<String, MeshService> byHost = new LinkedHashMap<>();
        for (HeldSource held : sources) {
            for (SourceService service : held.shown()) {
                MeshService one = service(service);
                byHost.merge(one.fqdn(), one, MeshService::joinedBy);
            }
        }
        return List.copyOf(byHost.values());
    }

    private MeshService service(SourceService service) {
        String name = service.name();
        boolean wholeHost = name.indexOf('.') >= 0;
        List<Workload> endpoints = new ArrayList<>(service.endpoints());
        endpoints.sort(Workload.BY_ID);
        return new MeshService(
                HostName.resolve(name, service.namespace(), clusterDomain),
                name,
                service.namespace(),
                !wholeHost,
                false,
                service.ports(),
                Resolution.STATIC,
                List.of(),
                ExportScope.everyone(service.namespace()),
                Collections.unmodifiableList(endpoints),
                new ResourceKey("", "Service", service.namespace(), name));
    }

    /** {@return how every source is, in the order of the settings} */
    public List<SourceStatus> statuses() {
        return sources.stream().map(HeldSource::status).toList();
    }

    /** {@return where an endpoint is known from, by its id; empty if from none of the sources} */
    public Optional<EndpointOrigin> origin(String endpointId) {
        return sources.stream()
                .filter(held -> endpointId.startsWith(held.source().name() + "/"))
                .flatMap(held -> held.origin(endpointId).stream())
                .findFirst();
    }

    /** Ends all sources and stores what has not been stored. */
    @Override
    public void close() {
        closed = true;
        sources.forEach(held -> held.source().source().close());
        // On this thread: that which writes may be ended before it comes to it.
        save();
    }
}
