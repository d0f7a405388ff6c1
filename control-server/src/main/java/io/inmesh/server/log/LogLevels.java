package io.inmesh.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.inmesh.server.time.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Log levels of this server that are changed for a while. They revert by themselves, since what was turned up to look for a fault is
 * forgotten once it is found. Safe for use by several threads.
 */
public final class LogLevels {

    /** The longest time for which a level is changed; who asks for more gets this. */
    public static final Duration LONGEST = Duration.ofHours(1);

    /** Loggers that are changed at once: loggers that were asked for are kept for ever. */
    static final int MOST_LOGGERS = 20;

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogLevels.class);
    private static final int LONGEST_NAME = 256;
    /** What tells more than warnings without telling secrets: libraries log headers, and so tokens. */
    private static final String OWN = "io.inmesh";

    private static final List<Level> LEVELS =
            List.of(Level.TRACE, Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR, Level.OFF);

    private final LoggerContext context;
    private final Timer timer;
    private final InstantSource clock;
    private final Map<String, Change> changes = new TreeMap<>();

    /**
     * A level that is changed.
     *
     * @param logger whose; {@code ROOT} for all that have none of their own
     * @param level what it is now
     * @param before what it will be again; empty for that of the logger above
     * @param until when
     */
    public record Changed(String logger, String level, String before, Instant until) {}

    private record Change(Changed told, @Nullable Level before, Timer.Cancellable revert) {}

    /** Changes levels of loggers in {@code context}. */
    public LogLevels(LoggerContext context, Timer timer, InstantSource clock) {
        this.context = context;
        this.timer = timer;
        this.clock = clock;
    }

    /** {@return the log that this process writes} */
    public static LoggerContext ofThisProcess() {
        // The only one on the class path of a control server.
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    /**
     * Changes a level for a while. One that is changed already goes back to what it was before both.
     *
     * @param name a logger, such as {@code io.inmesh.server.ads}
     * @param asked a level, in any case; debug and trace only for loggers of this server, since libraries log headers, and so tokens
     * @param duration for how long; {@link #LONGEST} at most
     * @throws IllegalArgumentException if something does not fit; the message says what, and what to do
     */
    public synchronized void set(String name, String asked, Duration duration) {
        Level level = checked(name, asked, duration);
        Logger target = context.getLogger(name);
        String logger = target.getName();
        Change old = changes.get(logger);
        Level before = old == null ? target.getLevel() : old.before();
        if (old != null) {
            old.revert().cancel();
        }
        Duration limited = limited(duration);
        Changed told = new Changed(
                logger,
                level.levelStr,
                before == null ? "" : before.levelStr,
                clock.instant().plus(limited));
        // A change that has been overtaken must not end the later one.
        changes.put(logger, new Change(told, before, timer.schedule(limited, () -> revert(told))));
        target.setLevel(level);
    }

    /** {@return for how long a level is changed where somebody asks for this} */
    public static Duration limited(Duration asked) {
        return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
    }

    /**
     * Checks whether a change would be made, and makes none.
     *
     * @throws IllegalArgumentException as {@link #set} does
     */
    public synchronized void check(String name, String asked, Duration duration) {
        checked(name, asked, duration);
    }

    private Level checked(String logger, String asked, Duration duration) {
        Level level = LEVELS.stream()
                .filter(one -> one.levelStr.equals(asked.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "\"" + asked + "\" is no level; there are trace, debug, info, warn, error and off"));
        if (logger.isBlank() || logger.length() > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "name a logger, such as io.inmesh.server.ads or ROOT, of " + LONGEST_NAME + " characters at most");
        }
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("a level is changed for 1 s at least");
        }
        // The usual logger of everything has two spellings.
        String own = logger.equalsIgnoreCase(Logger.ROOT_LOGGER_NAME) ? Logger.ROOT_LOGGER_NAME : logger;
        if (level.levelInt < Level.INFO_INT && !own.equals(OWN) && !own.startsWith(OWN + ".")) {
            throw new IllegalArgumentException("debug and trace are for loggers of this server only, " + OWN
                    + " and those below it: libraries write headers to the log, and so tokens");
        }
        if (!changes.containsKey(own) && changes.size() == MOST_LOGGERS) {
            throw new IllegalArgumentException("the levels of " + MOST_LOGGERS
                    + " loggers are changed already; wait for one to revert, or change that of a logger above");
        }
        return level;
    }

    /** {@return what is changed now, by name} */
    public synchronized List<Changed> all() {
        return changes.values().stream().map(Change::told).toList();
    }

    private synchronized void revert(Changed told) {
        Change change = changes.get(told.logger());
        if (change != null && change.told() == told) {
            changes.remove(told.logger());
            context.getLogger(told.logger()).setLevel(change.before());
            LOG.info("the log level of {} is what it was before", told.logger());
        }
    }
}
