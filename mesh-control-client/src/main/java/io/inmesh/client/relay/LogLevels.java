package io.inmesh.client.relay;

import io.inmesh.time.Clock;
import io.inmesh.time.Scheduler;
import io.inmesh.xds.relay.ChangedLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Log levels that are changed for a while. They revert by themselves, also when nobody is connected any more. On one thread. */
final class LogLevels {

    /** Longest time for which a level is changed. */
    static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    /** Loggers that are changed at once. */
    static final int MOST_LOGGERS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(LogLevels.class);
    private static final Set<String> LEVELS = Set.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");
    private static final int LONGEST_NAME = 256;

    private final Supplier<LogBackend> backends;
    private final Timers timers;
    private final Clock clock;
    private final Map<String, Changed> changed = new TreeMap<>();

    private record Changed(
            LogBackend backend,
            String level,
            @Nullable String before,
            long untilMillis,
            Scheduler.Cancellable revert) {}

    LogLevels(Supplier<LogBackend> backends, Timers timers, Clock clock) {
        this.backends = backends;
        this.timers = timers;
        this.clock = clock;
    }

    /**
     * Changes a level for a while; one that is changed already goes back to what it was before both.
     *
     * @throws IllegalArgumentException if there is no such level, or too many are changed
     * @throws UnsupportedOperationException if the logs of this process are not of a kind whose levels can be changed
     */
    void set(String logger, String asked, long durationNanos) {
        String level = asked.toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(level)) {
            throw new IllegalArgumentException(
                    "\"" + asked + "\" is no level; there are trace, debug, info, warn, error and off");
        }
        if (logger.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("the name of a logger has at most " + LONGEST_NAME + " characters");
        }
        Changed old = changed.get(logger);
        if (old == null && changed.size() == MOST_LOGGERS) {
            throw new IllegalArgumentException(
                    "the levels of " + MOST_LOGGERS + " loggers are changed already; wait for one to revert");
        }
        LogBackend backend = old == null ? backends.get() : old.backend();
        String before = old == null ? backend.level(logger) : old.before();
        long nanos = Math.max(1, Math.min(durationNanos, LONGEST_NANOS));
        backend.level(logger, level);
        if (old != null) {
            old.revert().cancel();
        }
        long until = clock.epochMillis() + TimeUnit.NANOSECONDS.toMillis(nanos);
        changed.put(logger, new Changed(backend, level, before, until, timers.schedule(() -> revert(logger), nanos)));
    }

    /** {@return what is changed now} */
    List<ChangedLevel> all() {
        List<ChangedLevel> all = new ArrayList<>();
        changed.forEach((logger, change) -> all.add(ChangedLevel.newBuilder()
                .setLogger(logger)
                .setLevel(change.level())
                .setBefore(change.before() == null ? "" : change.before())
                .setUntil(SeenMessages.timestamp(change.untilMillis()))
                .build()));
        return all;
    }

    private void revert(String logger) {
        Changed change = changed.remove(logger);
        if (change != null) {
            change.revert().cancel();
            change.backend().level(logger, change.before());
            LOG.info("the log level of {} is what it was before", logger);
        }
    }

    /** Takes all changes back. */
    void close() {
        List.copyOf(changed.keySet()).forEach(this::revert);
    }
}
