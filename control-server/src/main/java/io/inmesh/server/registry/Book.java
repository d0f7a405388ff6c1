package io.inmesh.server.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What one server knows of the processes: what all servers have written down, and over it what the processes connected to this one have
 * said. Decides what has to be written, and who goes. Times are monotonic, in nanoseconds, and of this server alone: no two clocks are
 * ever compared. Not safe for use by several threads.
 */
final class Book {

    /** How long a process may be away whose stream has ended. */
    static final Duration GRACE = Duration.ofSeconds(15);

    /** From then on a process whose stream has ended counts as suspect. */
    static final Duration SUSPECT = Duration.ofSeconds(2);

    /** How long nothing goes on account of servers that are away, after a start and after the store could not be heard. */
    static final Duration WARM_UP = Duration.ofSeconds(60);

    private final String self;
    private final Owners owners;
    private final Map<String, Known> known = new TreeMap<>();
    private final Map<String, Local> locals = new HashMap<>();
    private final Map<String, Left> left = new HashMap<>();
    private final Set<String> dirty = new TreeSet<>();
    private final OwnWrites own = new OwnWrites();
    private boolean hearing = true;
    private long hearingSince;
    private @Nullable List<RegisteredWorkload> snapshot;
    private long version;

    /** What is written down. If it has vanished without anybody saying so, {@code stored} is null. */
    private record Known(Claim claim, byte @Nullable [] stored, long vanishedAt) {}

    /** What a process has said here. Once its stream has ended, {@code lease} is null. */
    private record Local(
            RegisteredWorkload workload,
            long connection,
            @Nullable Object lease,
            long lostAt) {}

    /** A process has left with this connection; what is said of earlier ones comes too late. */
    private record Left(long connection, long at) {}

    /**
     * Begins with nothing.
     *
     * @param self this server's name among the owners
     */
    Book(String self, long nowNanos) {
        this.self = self;
        this.owners = new Owners(self);
        this.hearingSince = nowNanos;
    }

    Owners owners() {
        return owners;
    }

    /** {@return all processes by node id; immutable} */
    List<RegisteredWorkload> workloads() {
        if (snapshot == null) {
            Set<String> ids = new TreeSet<>(known.keySet());
            ids.addAll(locals.keySet());
            snapshot = ids.stream().map(this::visible).filter(Objects::nonNull).toList();
        }
        return snapshot;
    }

    /** {@return a number that is another after each change of {@link #workloads}} */
    long version() {
        return version;
    }

    private void alter(String nodeId, Runnable change) {
        RegisteredWorkload before = visible(nodeId);
        change.run();
        if (!Objects.equals(before, visible(nodeId))) {
            snapshot = null;
            version++;
        }
    }

    private @Nullable RegisteredWorkload visible(String nodeId) {
        Local local = locals.get(nodeId);
        if (local != null) {
            return local.workload();
        }
        Known entry = known.get(nodeId);
        return entry == null || overtaken(nodeId, entry) ? null : entry.claim().workload();
    }

    /** {@return the processes whose connection no other server that is there holds, as far as is known} */
    List<RegisteredWorkload> notElsewhere() {
        return workloads().stream()
                .filter(workload -> locals.containsKey(workload.nodeId()) || !elsewhere(known.get(workload.nodeId())))
                .toList();
    }

    private boolean elsewhere(@Nullable Known entry) {
        return entry != null
                && !entry.claim().owner().equals(self)
                && owners.present(entry.claim().owner());
    }

    private boolean overtaken(String nodeId, Known entry) {
        Left gone = left.get(nodeId);
        return gone != null && entry.claim().connection() <= gone.connection();
    }

    /** {@return what is known of a process, whoever says it; null if nothing is} */
    @Nullable
    RegisteredWorkload find(String nodeId) {
        return visible(nodeId);
    }

    /**
     * Takes what a process says over a stream to this server.
     *
     * @param connection the process's own count of its connections; 0 if it does not say
     */
    void report(Object lease, RegisteredWorkload workload, long connection) {
        String id = workload.nodeId();
        Local before = locals.get(id);
        Known entry = known.get(id);
        long number;
        if (before != null && before.lease() == lease) {
            number = before.connection();
        } else {
            long latest = Math.max(
                    before == null ? 0 : before.connection(),
                    entry == null ? 0 : entry.claim().connection());
            if (connection > 0 && connection < latest && held(before, entry)) {
                return;
            }
            // Uncounted connections to one server have one number: other servers could not tell how far it has got.
            long elsewhere = entry == null || entry.claim().owner().equals(self)
                    ? 0
                    : entry.claim().connection();
            number = Math.max(connection > 0 ? connection : elsewhere + 1, latest);
        }
        alter(id, () -> {
            left.remove(id);
            locals.put(id, new Local(workload, number, lease, 0));
        });
        dirty.add(id);
    }

    /** Whether somebody has a newer connection of the process, as far as is known. */
    private boolean held(@Nullable Local local, @Nullable Known entry) {
        if (local != null) {
            return local.lease() != null;
        }
        return elsewhere(entry);
    }

    /** {@return whether a process that leaves was there over that stream, and so is gone now} */
    boolean leave(Object lease, String nodeId, long nowNanos) {
        Local local = locals.get(nodeId);
        if (local == null || local.lease() != lease) {
            return false;
        }
        Known entry = known.get(nodeId);
        long latest = entry == null || !entry.claim().owner().equals(self)
                ? 0
                : entry.claim().connection();
        alter(nodeId, () -> {
            left.put(nodeId, new Left(Math.max(local.connection(), latest), nowNanos));
            locals.remove(nodeId);
        });
        dirty.add(nodeId);
        return true;
    }

    /** The stream of a process has ended without its leaving. */
    void lost(Object lease, String nodeId, long nowNanos) {
        Local local = locals.get(nodeId);
        if (local != null && local.lease() == lease) {
            locals.put(nodeId, new Local(local.workload(), local.connection(), null, nowNanos));
        }
    }

    /** All servers are told that an entry of the store is so now. */
    void stored(String nodeId, Claim claim, byte[] bytes) {
        if (own.heard(nodeId, bytes)) {
            put(nodeId, claim, bytes);
        }
    }

    private void put(String nodeId, Claim claim, byte[] bytes) {
        Local local = locals.get(nodeId);
        boolean moved = local != null
                && !claim.owner().equals(self)
                && (local.lease() == null || claim.connection() > local.connection());
        alter(nodeId, () -> {
            known.put(nodeId, new Known(claim, bytes, 0));
            if (moved) {
                locals.remove(nodeId);
            } else if (local != null && claim.owner().equals(self) && local.connection() < claim.connection()) {
                locals.put(nodeId, new Local(local.workload(), claim.connection(), local.lease(), local.lostAt()));
            }
        });
        dirty.add(nodeId);
    }

    /** All servers are told that an entry has been taken out of the store: the process has left, or was away for too long. */
    void removed(String nodeId) {
        if (own.heard(nodeId, null)) {
            remove(nodeId);
        }
    }

    private void remove(String nodeId) {
        Local local = locals.get(nodeId);
        alter(nodeId, () -> {
            known.remove(nodeId);
            if (local != null && local.lease() == null) {
                locals.remove(nodeId);
            }
        });
        // Whoever holds its connection knows better.
        dirty.add(nodeId);
    }

    /** Takes everything the store holds. What is missing without anybody having said so goes after a while. */
    void listed(Map<String, Claim> claims, Map<String, byte[]> bytes, long nowNanos) {
        own.listed();
        for (Map.Entry<String, Known> entry : known.entrySet()) {
            if (!bytes.containsKey(entry.getKey()) && entry.getValue().stored() != null) {
                entry.setValue(new Known(entry.getValue().claim(), null, nowNanos));
                dirty.add(entry.getKey());
            }
        }
        claims.forEach((nodeId, claim) -> put(nodeId, claim, Objects.requireNonNull(bytes.get(nodeId))));
    }

    /** What happens in the store is not heard now, or is heard again. */
    void hearing(boolean now, long nowNanos) {
        if (now && !hearing) {
            hearingSince = nowNanos;
        }
        hearing = now;
    }

    /** {@return what has to be written, once; see {@link #undone}} */
    List<Intent> takeIntents() {
        List<Intent> intents = new ArrayList<>();
        for (String nodeId : dirty) {
            Intent intent = intent(nodeId);
            if (intent != null) {
                intents.add(intent);
            }
        }
        dirty.clear();
        intents.forEach(own::begin);
        return intents;
    }

    private @Nullable Intent intent(String nodeId) {
        Known entry = known.get(nodeId);
        byte[] stored = entry == null ? null : entry.stored();
        Local local = locals.get(nodeId);
        if (local == null || local.lease() == null) {
            return stored != null && entry != null && overtaken(nodeId, entry)
                    ? new Intent(nodeId, stored, null)
                    : null;
        }
        if (entry == null || stored == null) {
            return new Intent(nodeId, null, new Claim(local.workload(), self, local.connection()));
        }
        boolean mine = entry.claim().owner().equals(self);
        if (mine && entry.claim().workload().equals(local.workload())) {
            return null;
        }
        long number = mine
                ? local.connection()
                : Math.max(local.connection(), entry.claim().connection() + 1);
        return new Intent(nodeId, stored, new Claim(local.workload(), self, number));
    }

    /** An intent has been carried out. */
    void done(Intent intent) {
        if (!own.done(intent)) {
            return;
        }
        Claim claim = intent.claim();
        if (claim == null) {
            remove(intent.nodeId());
        } else {
            put(intent.nodeId(), claim, claim.bytes());
        }
    }

    /** An intent could not be carried out; whether it still has to be is seen when intents are taken next. */
    void undone(Intent intent) {
        own.undone(intent);
        dirty.add(intent.nodeId());
    }

    /** {@return how many processes are away for longer than a reconnect takes} */
    long suspects(long nowNanos) {
        return absences(nowNanos, new HashMap<>()).stream()
                .filter(absence -> absence.lasting().compareTo(SUSPECT) >= 0)
                .count();
    }

    /** {@return the processes that go now, as changes of the store; those that are in no store go at once} */
    List<Intent> evict(long nowNanos, RandomGenerator random) {
        left.entrySet()
                .removeIf(gone -> !known.containsKey(gone.getKey())
                        && nowNanos - gone.getValue().at() >= WARM_UP.toNanos());
        Map<String, Integer> sizes = new HashMap<>();
        List<Absence> away = absences(nowNanos, sizes);
        if (!hearing) {
            return List.of();
        }
        List<Intent> intents = new ArrayList<>();
        for (String nodeId : Eviction.pass(away, sizes, random)) {
            Known entry = known.get(nodeId);
            if (entry == null || entry.stored() == null) {
                remove(nodeId);
            } else {
                intents.add(new Intent(nodeId, entry.stored(), null));
            }
        }
        intents.forEach(own::begin);
        return intents;
    }

    private List<Absence> absences(long nowNanos, Map<String, Integer> sizes) {
        List<Absence> away = new ArrayList<>();
        Set<String> gone = new HashSet<>();
        for (RegisteredWorkload workload : workloads()) {
            String group = group(workload);
            sizes.merge(group, 1, Integer::sum);
            Local local = locals.get(workload.nodeId());
            Known entry = known.get(workload.nodeId());
            if (local != null) {
                if (local.lease() == null) {
                    away.add(absence(workload, nowNanos, local.lostAt(), GRACE));
                }
            } else if (entry != null && entry.stored() == null) {
                away.add(absence(workload, nowNanos, entry.vanishedAt(), GRACE));
            } else if (entry != null && owners.deserted(entry.claim().owner(), workload.nodeId())) {
                gone.add(entry.claim().owner());
                long since = nowNanos - owners.goneFor(entry.claim().owner(), nowNanos);
                Absence absence = absence(workload, nowNanos, since, WARM_UP);
                away.add(owners.clearsUp() ? absence : new Absence(absence.nodeId(), group, absence.lasting(), false));
            }
        }
        owners.forget(gone);
        return away;
    }

    /** The time counts anew from when the store could be heard: until then nobody could say that a process has moved. */
    private Absence absence(RegisteredWorkload workload, long nowNanos, long sinceNanos, Duration quiet) {
        long lasting = nowNanos - sinceNanos;
        boolean over = lasting >= GRACE.toNanos() && nowNanos - hearingSince >= quiet.toNanos();
        return new Absence(workload.nodeId(), group(workload), Duration.ofNanos(lasting), over);
    }

    /** What a process is an instance of: its app, whatever the version, as services are selected. */
    private static String group(RegisteredWorkload workload) {
        return workload.namespace() + "/" + workload.labels().getOrDefault("app", workload.workloadName());
    }
}
