package io.inmesh.server.jwks;

import io.inmesh.server.rule.IssuerKeys;
import io.inmesh.server.rule.KeySource;
import io.inmesh.server.rule.RequestAuthentications;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.store.KeyValueTable;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.time.Timer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the keys of issuers: fetches them when a rule first names them, and anew at an interval; keeps the last good ones where that
 * fails, also over a restart. An issuer of which there never was a key has none, and all its tokens are refused. Safe for use by several
 * threads.
 */
public final class KeyKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(KeyKeeper.class);
    private static final String KIND = "RequestAuthentication";
    private static final String TABLE = "jwks";
    private static final Duration FIRST_RETRY = Duration.ofSeconds(2);
    /** Fetches are spread over this share of the interval, so that those of all servers do not fall together. */
    private static final double JITTER = 0.2;

    private final JwksSettings settings;
    private final KeyFetcher fetcher;
    private final KeyValueTable table;
    private final Executor worker;
    private final Timer timer;
    private final DoubleSupplier chance;
    private final IssuerKeys rules;
    private final Object lock = new Object();
    private final Map<KeySource, Entry> entries = new LinkedHashMap<>();
    private volatile Runnable listener = () -> {};

    /** What is known of a source. */
    private static final class Entry {
        private @Nullable String keys;
        private @Nullable String problem;
        private int failures;
    }

    /**
     * Makes a keeper.
     *
     * @param settings what may be asked, and when
     * @param fetcher asks
     * @param table where keys are kept over a restart; asked by the worker, and by {@link #follow}
     * @param worker runs fetches and writes, one after the other
     * @param timer when to fetch next
     * @param chance from 0 to 1, for jitter
     */
    KeyKeeper(
            JwksSettings settings,
            KeyFetcher fetcher,
            KeyValueTable table,
            Executor worker,
            Timer timer,
            DoubleSupplier chance) {
        this.settings = settings;
        this.fetcher = fetcher;
        this.table = table;
        this.worker = worker;
        this.timer = timer;
        this.chance = chance;
        this.rules = new IssuerKeys(settings.allow(), Map.of());
    }

    /** {@return a keeper that asks over the network} */
    public static KeyKeeper overNetwork(
            JwksSettings settings, KeyValueTable table, Executor worker, Timer timer, DoubleSupplier chance) {
        AddressGuard guard = new AddressGuard(settings.privateAddresses());
        return new KeyKeeper(
                settings, new PinnedFetcher(guard, settings.timeout(), timer::nanoTime), table, worker, timer, chance);
    }

    /**
     * Keeps the keys that a configuration names, and has {@code changed} run whenever either changes. Keys that were kept over a restart
     * are there on return.
     */
    public void follow(ConfigStore store, Runnable changed) {
        listener = changed;
        Supplier<Set<KeySource>> named =
                () -> RequestAuthentications.sources(store.view().byKind(KIND));
        store.onChange(view -> {
            try {
                begin(watched(named));
            } finally {
                changed.run();
            }
        });
        Map<KeySource, Entry> fresh = watched(named);
        fresh.forEach(this::restore);
        begin(fresh);
    }

    /** Has {@code listener} told of every change of {@link #current}. */
    void onChange(Runnable listener) {
        this.listener = listener;
    }

    /** Keeps the keys of these sources from now on, and of no others. */
    void watch(Set<KeySource> sources) {
        begin(watched(() -> sources));
    }

    /**
     * Notes whose keys to keep. Waits for nobody: changes of configuration are told to us one at a time, and all stand until we are done.
     *
     * @param named says which; asked under the lock, so that what is heard last is what was said last
     * @return those that are new
     */
    private Map<KeySource, Entry> watched(Supplier<Set<KeySource>> named) {
        Map<KeySource, Entry> fresh = new LinkedHashMap<>();
        List<KeySource> gone;
        synchronized (lock) {
            Set<KeySource> sources = named.get();
            for (KeySource source : sources) {
                if (!entries.containsKey(source)) {
                    Entry entry = new Entry();
                    entries.put(source, entry);
                    fresh.put(source, entry);
                }
            }
            gone = entries.keySet().stream()
                    .filter(source -> !sources.contains(source))
                    .toList();
            gone.forEach(entries::remove);
        }
        gone.forEach(source -> run(() -> inTable(source, () -> table.delete(TABLE, source.url()))));
        return fresh;
    }

    private void begin(Map<KeySource, Entry> fresh) {
        fresh.forEach((source, entry) -> run(() -> {
            if (restore(source, entry)) {
                listener.run();
            }
            fetch(source, entry);
        }));
    }

    /** Takes what was kept over a restart, as long as there is nothing newer. {@return whether there are keys now that there were not} */
    private boolean restore(KeySource source, Entry entry) {
        synchronized (lock) {
            if (entries.get(source) != entry || entry.keys != null || !rules.allows(source.url())) {
                return false;
            }
        }
        Optional<String> saved = saved(source);
        synchronized (lock) {
            if (saved.isEmpty() || entries.get(source) != entry || entry.keys != null) {
                return false;
            }
            entry.keys = saved.get();
            return true;
        }
    }

    private Optional<String> saved(KeySource source) {
        try {
            return table.get(TABLE, source.url()).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        } catch (StoreUnavailableException e) {
            LOG.warn("whether the store has keys from {} cannot be told: {}", source.url(), e.getMessage());
            return Optional.empty();
        }
    }

    /** Does without the table while it cannot be asked: keys are fetched and used all the same. */
    private static void inTable(KeySource source, Runnable task) {
        try {
            task.run();
        } catch (StoreUnavailableException e) {
            LOG.warn("the store is not up to date with the keys from {}: {}", source.url(), e.getMessage());
        }
    }

    /** {@return the keys there are} */
    public IssuerKeys current() {
        Map<KeySource, String> sets = new HashMap<>();
        synchronized (lock) {
            entries.forEach((source, entry) -> {
                if (entry.keys != null) {
                    sets.put(source, entry.keys);
                }
            });
        }
        return new IssuerKeys(settings.allow(), sets);
    }

    /** {@return what keeps keys from being had or renewed, and what follows from that} */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        synchronized (lock) {
            entries.forEach((source, entry) -> {
                if (entry.problem != null) {
                    problems.add("keys from " + source.url() + ": " + entry.problem
                            + (entry.keys == null
                                    ? "; every token of the issuer is refused"
                                    : "; the last good keys are used"));
                }
            });
        }
        return problems;
    }

    private void run(Runnable task) {
        try {
            worker.execute(task);
        } catch (RejectedExecutionException closed) {
            LOG.debug("keys are not fetched any more: the server stops", closed);
        }
    }

    private void fetch(KeySource source, Entry entry) {
        synchronized (lock) {
            // A source that went and came back has another entry, with fetches of its own.
            if (entries.get(source) != entry) {
                return;
            }
        }
        @Nullable String keys = null;
        @Nullable String problem = null;
        try {
            keys = PublicKeys.of(document(source));
        } catch (IOException e) {
            problem = Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
            LOG.warn("no keys from {}: {}", source.url(), problem);
        } catch (RuntimeException e) {
            problem = "they cannot be fetched";
            LOG.error("no keys from {}", source.url(), e);
        }
        settle(source, entry, keys, problem);
    }

    private void settle(KeySource source, Entry entry, @Nullable String keys, @Nullable String problem) {
        boolean changed = false;
        Duration wait;
        synchronized (lock) {
            if (entries.get(source) != entry) {
                return;
            }
            entry.problem = problem;
            entry.failures = problem == null ? 0 : entry.failures + 1;
            if (keys != null && !keys.equals(entry.keys)) {
                entry.keys = keys;
                changed = true;
            }
            wait = waitAfter(entry.failures);
        }
        if (changed) {
            byte[] bytes = Optional.ofNullable(keys).orElse("").getBytes(StandardCharsets.UTF_8);
            inTable(source, () -> table.put(TABLE, source.url(), bytes));
            listener.run();
        }
        timer.schedule(wait, () -> run(() -> fetch(source, entry)));
    }

    private String document(KeySource source) throws IOException {
        String document = asked(source.url());
        return source.kind() == KeySource.Kind.KEY_SET ? document : asked(PublicKeys.addressIn(document, source));
    }

    private String asked(String url) throws IOException {
        if (!rules.allows(url)) {
            throw new IOException((url.length() > 200 ? "the address" : "\"" + url + "\"")
                    + " is not below any address in jwks.allow of the server's settings");
        }
        return fetcher.get(url);
    }

    private Duration waitAfter(int failures) {
        Duration interval = settings.refresh();
        if (failures > 0) {
            Duration backoff = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 20));
            interval = backoff.compareTo(interval) < 0 ? backoff : interval;
        }
        double factor = 1 - JITTER / 2 + JITTER * chance.getAsDouble();
        return Duration.ofNanos((long) (interval.toNanos() * factor));
    }
}
