package io.inmesh.server.drain;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.ca.AuditLog;
import io.inmesh.server.registry.RegisteredWorkload;
import io.inmesh.server.registry.WorkloadHealth;
import io.inmesh.server.store.FollowedTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The instances that operators drain. Kept in the store by namespace and name, so that neither a reconnect of the process, to this server or
 * to another one, nor a restart of the server ends a drain; every change is in the audit log. Safe for use by several threads.
 */
public final class Drains {

    /** Instances that are drained at once. */
    static final int MOST = 1000;

    /** Longest reason, in characters. */
    static final int LONGEST_REASON = 256;

    /** Where they are kept; to be followed. */
    public static final String TABLE = "drains";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final FollowedTables table;
    private final Supplier<? extends Collection<RegisteredWorkload>> registered;
    private final AuditLog audit;
    private final InstantSource clock;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Map<String, Drain> current;

    /**
     * Takes over what is in the store.
     *
     * @param table where they are kept, in {@link #TABLE}
     * @param registered the instances there are, as they say they are
     */
    public Drains(
            FollowedTables table,
            Supplier<? extends Collection<RegisteredWorkload>> registered,
            AuditLog audit,
            InstantSource clock) {
        this.table = table;
        this.registered = registered;
        this.audit = audit;
        this.clock = clock;
        this.current = kept();
        table.onChange(TABLE, this::changed);
    }

    private Map<String, Drain> kept() {
        Map<String, Drain> kept = new TreeMap<>();
        table.scan(TABLE).forEach((key, bytes) -> kept.put(key, read(bytes)));
        return kept;
    }

    /** Whoever has changed something waits until all have been told of it, also if somebody else tells them. */
    private synchronized void changed() {
        Map<String, Drain> now = kept();
        if (!now.equals(current)) {
            current = now;
            listeners.forEach(Runnable::run);
        }
    }

    /** Calls {@code listener} after every change, on the thread that made or heard of it. It must be short. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** {@return all drains, by namespace and instance} */
    public List<Drain> all() {
        return List.copyOf(current.values());
    }

    /** {@return the registered instances, those that are drained as draining} */
    public List<RegisteredWorkload> workloads() {
        Map<String, Drain> drained = current;
        return registered.get().stream()
                .map(workload -> drained.containsKey(key(workload.namespace(), workload.name()))
                        ? workload.withHealth(WorkloadHealth.DRAINING)
                        : workload)
                .toList();
    }

    /**
     * Drains an instance; callers are told from now on.
     *
     * @return the drain, which may have been there before
     * @throws IllegalArgumentException if no such instance is registered, or too much is asked; the message says what to do
     */
    public Drain drain(String namespace, String instance, String reason, String by) {
        if (reason.length() > LONGEST_REASON) {
            throw new IllegalArgumentException("the reason is longer than " + LONGEST_REASON + " characters");
        }
        Set<String> present = registered.get().stream()
                .map(workload -> key(workload.namespace(), workload.name()))
                .collect(Collectors.toSet());
        String key = key(namespace, instance);
        if (!present.contains(key)) {
            throw new IllegalArgumentException("no instance " + instance + " is registered in namespace " + namespace
                    + "; meshctl status shows those there are");
        }
        Drain drain = new Drain(namespace, instance, reason, by, clock.instant().getEpochSecond());
        Drain before = current.get(key);
        if (before != null) {
            return before;
        }
        makeRoom(current, present);
        if (!table.compareAndSet(TABLE, key, null, write(drain))) {
            // Another server was quicker.
            return table.get(TABLE, key).map(Drains::read).orElse(drain);
        }
        audit.append("drained", by, Map.of("namespace", namespace, "instance", instance, "reason", reason));
        changed();
        return drain;
    }

    /**
     * Lets an instance have calls again.
     *
     * @return whether it was drained
     */
    public boolean undrain(String namespace, String instance, String by) {
        if (!table.delete(TABLE, key(namespace, instance))) {
            return false;
        }
        audit.append("undrained", by, Map.of("namespace", namespace, "instance", instance));
        changed();
        return true;
    }

    /** Instances come and go with new names; those that went leave their drains behind. */
    private void makeRoom(Map<String, Drain> drains, Set<String> present) {
        if (drains.size() < MOST) {
            return;
        }
        String oldest = drains.entrySet().stream()
                .filter(entry -> !present.contains(entry.getKey()))
                .min(Comparator.comparingLong(entry -> entry.getValue().sinceEpochSecond()))
                .map(Map.Entry::getKey)
                .orElseThrow(() -> new IllegalArgumentException(
                        MOST + " instances are drained, which is all there may be; undrain some first"));
        table.delete(TABLE, oldest);
    }

    private static String key(String namespace, String instance) {
        return namespace + "/" + instance;
    }

    private static byte[] write(Drain drain) {
        try {
            return JSON.writeValueAsBytes(drain);
        } catch (IOException e) {
            throw new UncheckedIOException("a drain can be written as JSON", e);
        }
    }

    private static Drain read(byte[] bytes) {
        try {
            return JSON.readValue(bytes, Drain.class);
        } catch (IOException e) {
            throw new UncheckedIOException("the store holds a drain in a form that cannot be read", e);
        }
    }
}
