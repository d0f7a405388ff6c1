package io.inmesh.client;

import io.inmesh.time.Randomness;
import io.inmesh.time.Scheduler;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of the names that are wanted, kept up to date. Holds exactly those names; used on the control thread, while lookups run
 * elsewhere.
 *
 * <p>A name is looked up when it is first wanted and then once per refresh interval, however often configs change meanwhile. An answer
 * that failed or is empty leaves the last good one in place and is asked for again with growing waits.
 */
final class NameTable {

    /** No name is looked up more often than this, whatever a control plane says. */
    static final Duration SHORTEST_REFRESH = Duration.ofSeconds(1);

    /** How long anything waits for the first answer of a name: 5 s, what resolvers usually give one name server. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Logger LOG = LoggerFactory.getLogger(NameTable.class);

    private final NameResolver resolver;
    private final Executor lookups;
    private final ControlThread thread;
    private final Randomness randomness;
    private final Runnable changed;
    private final Map<String, Entry> entries = new HashMap<>();

    private static final class Entry {
        private final Backoff backoff;
        private Duration refresh;
        private List<InetAddress> addresses = List.of();
        private boolean answered;
        private boolean failing;
        private Scheduler.Cancellable next = () -> {};
        private Scheduler.Cancellable patience = () -> {};

        Entry(Duration refresh, Backoff backoff) {
            this.refresh = refresh;
            this.backoff = backoff;
        }
    }

    /**
     * Makes an empty table.
     *
     * @param lookups runs what may block
     * @param changed called on the control thread when addresses have changed, and when a name has its first answer, good or bad
     */
    NameTable(NameResolver resolver, Executor lookups, ControlThread thread, Randomness randomness, Runnable changed) {
        this.resolver = resolver;
        this.lookups = lookups;
        this.thread = thread;
        this.randomness = randomness;
        this.changed = changed;
    }

    /**
     * Wants exactly these names from now on.
     *
     * @param wanted refresh interval by name
     */
    void watch(Map<String, Duration> wanted) {
        entries.entrySet().removeIf(entry -> {
            boolean unwanted = !wanted.containsKey(entry.getKey());
            if (unwanted) {
                entry.getValue().next.cancel();
                entry.getValue().patience.cancel();
            }
            return unwanted;
        });
        wanted.forEach((name, refresh) -> {
            Duration least = refresh.compareTo(SHORTEST_REFRESH) < 0 ? SHORTEST_REFRESH : refresh;
            Entry known = entries.get(name);
            if (known != null) {
                // Holds from the next lookup on: another one now would only ask what was asked just now.
                known.refresh = least;
                return;
            }
            Entry entry = new Entry(least, new Backoff(randomness));
            entries.put(name, entry);
            lookUp(name, entry);
            entry.patience = thread.schedule(() -> late(name, entry), PATIENCE_NANOS);
        });
    }

    /** {@return the last good addresses of a name, none if there have never been any} */
    List<InetAddress> addresses(String name) {
        Entry entry = entries.get(name);
        return entry == null ? List.of() : entry.addresses;
    }

    /** {@return wanted names whose first lookup has not ended and is worth waiting for} */
    Set<String> unanswered() {
        Set<String> names = new TreeSet<>();
        entries.forEach((name, entry) -> {
            if (!entry.answered) {
                names.add(name);
            }
        });
        return names;
    }

    /** A name that takes long must not keep the others from being called. */
    private void late(String name, Entry entry) {
        if (entries.get(name) == entry && !entry.answered) {
            LOG.warn("host name {} has not been looked up after 5 s; calls to it fail until it is", name);
            entry.answered = true;
            changed.run();
        }
    }

    private void lookUp(String name, Entry entry) {
        lookups.execute(() -> {
            List<InetAddress> found = List.of();
            String problem = null;
            try {
                found = List.copyOf(resolver.resolve(name));
                problem = found.isEmpty() ? "the answer is empty" : null;
            } catch (UnknownHostException e) {
                problem = "the name is not known";
            } catch (RuntimeException e) {
                problem = "the resolver failed: " + e;
            }
            List<InetAddress> answer = found;
            String failure = problem;
            thread.execute(() -> answered(name, entry, answer, failure));
        });
    }

    private void answered(String name, Entry entry, List<InetAddress> answer, @Nullable String failure) {
        if (entries.get(name) != entry) {
            return;
        }
        boolean first = !entry.answered;
        entry.answered = true;
        entry.patience.cancel();
        if (failure != null) {
            failed(name, entry, failure);
        }
        boolean different = failure == null && !answer.equals(entry.addresses);
        if (failure == null) {
            succeeded(name, entry, answer);
        }
        if (first || different) {
            changed.run();
        }
    }

    private void succeeded(String name, Entry entry, List<InetAddress> answer) {
        if (entry.failing) {
            LOG.info("host name {} is resolved again", name);
        }
        entry.failing = false;
        entry.addresses = answer;
        entry.backoff.reset();
        // Up to a tenth earlier, so that clients started together do not ask together for ever.
        long nanos = entry.refresh.toNanos();
        again(name, entry, nanos - randomness.below(nanos / 10 + 1));
    }

    private void failed(String name, Entry entry, String failure) {
        if (!entry.failing) {
            LOG.warn(
                    "host name {} of a ServiceEntry cannot be resolved: {}. {}; check the name and this machine's DNS",
                    name,
                    failure,
                    entry.addresses.isEmpty()
                            ? "Calls to it fail until it can"
                            : "Its last addresses stay in use: " + entry.addresses);
        }
        entry.failing = true;
        again(name, entry, Math.min(entry.refresh.toNanos(), entry.backoff.nextNanos()));
    }

    private void again(String name, Entry entry, long delayNanos) {
        entry.next = thread.schedule(
                () -> {
                    if (entries.get(name) == entry) {
                        lookUp(name, entry);
                    }
                },
                delayNanos);
    }
}
