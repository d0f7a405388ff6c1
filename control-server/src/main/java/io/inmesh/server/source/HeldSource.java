package io.inmesh.server.source;

import io.inmesh.server.source.SourceStatus.State;
import io.inmesh.server.time.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one source has said, and what is made of it. Safe for use by several threads. */
final class HeldSource implements SourceSink {
    private static final int MOST_REMARKS = 5;
    /** What is wrong again after a shorter time than this has been wrong all the while. */
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(HeldSource.class);

    private final NamedSource source;
    private final Damping rules;
    private final Timer timer;
    private final InstantSource clock;
    private final Random random;
    private final Runnable onChange;
    private final CountDownLatch heard = new CountDownLatch(1);
    private final Map<String, HeldService> services = new TreeMap<>();
    private final Set<String> unsaved = new HashSet<>();
    private State state = State.STARTING;
    private Instant since;
    private String problem = "";
    private String lastProblem = "";
    private Instant failingSince = Instant.EPOCH;
    private long lastFailedNanos;
    private Optional<Instant> answered = Optional.empty();

    HeldSource(NamedSource source, Damping rules, Timer timer, InstantSource clock, Random random, Runnable onChange) {
        this.source = source;
        this.rules = rules;
        this.timer = timer;
        this.clock = clock;
        this.random = random;
        this.onChange = onChange;
        this.since = clock.instant();
    }

    /** Takes over what an earlier run of the server knew. */
    synchronized void restore(Collection<HeldService.Saved> saved) {
        saved.forEach(one -> services.put(one.service().key(), HeldService.restored(one, clock.instant())));
    }

    @Override
    public void listed(Collection<SourceService> listed, Missing missing) {
        told(() -> {
            lastProblem = "";
            Set<String> named = new HashSet<>();
            for (SourceService service : listed) {
                named.add(service.key());
                held(service).told(service, missing, timer.nanoTime(), clock.instant());
            }
            if (missing == Missing.DELETED) {
                services.keySet().retainAll(named);
            }
            services.forEach((key, service) -> {
                if (!named.contains(key)) {
                    service.vanished(timer.nanoTime());
                }
            });
        });
        heard.countDown();
    }

    @Override
    public void changed(SourceService service, Missing missing) {
        told(() -> held(service).told(service, missing, timer.nanoTime(), clock.instant()));
    }

    @Override
    public void deleted(String namespace, String name) {
        told(() -> services.remove(namespace + "/" + name));
    }

    @Override
    public void answered() {
        told(() -> lastProblem = "");
    }

    @Override
    public synchronized void failed(String why) {
        // A source that answers for some of its services and not for others says both, one after the other, again and
        // again.
        boolean again = !lastProblem.isEmpty() && timer.nanoTime() - lastFailedNanos < AGAIN.toNanos();
        boolean said = again && why.equals(lastProblem);
        if (!said && (state != State.FAILING || !problem.equals(why))) {
            LOG.warn("{} {}: {}; what is known of it stays", source.type(), source.name(), why);
        }
        become(State.FAILING);
        since = again ? failingSince : since;
        failingSince = since;
        lastFailedNanos = timer.nanoTime();
        lastProblem = why;
        problem = why;
    }

    private void told(Runnable change) {
        boolean changed;
        synchronized (this) {
            Map<String, SourceService> before = all();
            change.run();
            become(State.ANSWERING);
            problem = "";
            answered = Optional.of(clock.instant());
            shrink();
            changed = note(before);
        }
        if (changed) {
            onChange.run();
        }
    }

    /** A pass: lets go some of what has vanished, as long as the source answers. */
    void pass() {
        boolean changed;
        synchronized (this) {
            Map<String, SourceService> before = all();
            services.values().forEach(service -> service.refill(rules));
            shrink();
            changed = note(before);
        }
        if (changed) {
            onChange.run();
        }
    }

    private void shrink() {
        if (state != State.ANSWERING) {
            return;
        }
        boolean frozen = frozen();
        long now = timer.nanoTime();
        services.values().forEach(service -> service.shrink(rules, frozen, now, random));
        services.values().removeIf(service -> service.gone(rules, now));
    }

    /** {@return whether anything has changed that others see} */
    private boolean note(Map<String, SourceService> before) {
        Map<String, SourceService> now = all();
        Set<String> keys = new HashSet<>(before.keySet());
        keys.addAll(now.keySet());
        keys.removeIf(key -> Objects.equals(before.get(key), now.get(key)));
        unsaved.addAll(keys);
        return !keys.isEmpty();
    }

    private HeldService held(SourceService service) {
        return services.computeIfAbsent(service.key(), key -> new HeldService(service, 1));
    }

    private void become(State next) {
        if (state != next) {
            state = next;
            since = clock.instant();
        }
    }

    private boolean frozen() {
        return (long) vanished() * 100 > (long) known() * rules.freezePercent();
    }

    private int known() {
        return services.values().stream().mapToInt(HeldService::known).sum();
    }

    private int vanished() {
        return services.values().stream().mapToInt(HeldService::vanishedCount).sum();
    }

    private Map<String, SourceService> all() {
        Map<String, SourceService> all = new HashMap<>();
        services.forEach((key, service) -> all.put(key, service.shown()));
        return all;
    }

    /** {@return every service as callers are to see it} */
    synchronized List<SourceService> shown() {
        return services.values().stream().map(HeldService::shown).toList();
    }

    /** {@return what has changed since the last call, by service, to be stored; empty for services that are gone} */
    synchronized Map<String, Optional<HeldService.Saved>> takeUnsaved() {
        Map<String, Optional<HeldService.Saved>> taken = new HashMap<>();
        unsaved.forEach(
                key -> taken.put(key, Optional.ofNullable(services.get(key)).map(HeldService::saved)));
        unsaved.clear();
        return taken;
    }

    synchronized SourceStatus status() {
        return new SourceStatus(
                source.name(),
                source.type(),
                state,
                since,
                problem.isEmpty() ? remarks() : problem,
                answered,
                services.size(),
                known(),
                vanished(),
                frozen());
    }

    private String remarks() {
        return services.values().stream()
                .map(HeldService::shown)
                .filter(service -> !service.remark().isEmpty())
                .limit(MOST_REMARKS)
                .map(service -> service.key() + ": " + service.remark())
                .collect(Collectors.joining("; "));
    }

    synchronized Optional<EndpointOrigin> origin(String id) {
        List<EndpointOrigin> found = new ArrayList<>(1);
        for (HeldService service : services.values()) {
            service.origin(id, source.name(), source.type(), answered).ifPresent(found::add);
        }
        return found.stream().findFirst();
    }

    /** {@return opens when the source has listed its services for the first time} */
    CountDownLatch heard() {
        return heard;
    }

    synchronized boolean knowsAnything() {
        return !services.isEmpty();
    }

    NamedSource source() {
        return source;
    }
}
