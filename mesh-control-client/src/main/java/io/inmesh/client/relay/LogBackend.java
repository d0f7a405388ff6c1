package io.inmesh.client.relay;

import java.lang.reflect.Method;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** What writes the logs of this process, where levels can be changed while it runs. */
interface LogBackend {

    /** {@return the level a logger has of its own; null if it has that of its parent} */
    @Nullable
    String level(String logger);

    /**
     * Changes a level.
     *
     * @param level {@code TRACE}, {@code DEBUG}, {@code INFO}, {@code WARN}, {@code ERROR} or {@code OFF}, or what {@link #level} returned;
     *     null for that of the parent
     */
    void level(String logger, @Nullable String level);

    /**
     * {@return what SLF4J writes to}
     *
     * @throws UnsupportedOperationException if that is nothing known here; the message names it
     */
    static LogBackend present() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        String name = factory.getClass().getName();
        return switch (name) {
            case "ch.qos.logback.classic.LoggerContext" -> new Logback(factory);
            case "org.slf4j.jul.JDK14LoggerFactory" -> new JavaLogging();
            default ->
                throw new UnsupportedOperationException(
                        "log levels can be changed of Logback and java.util.logging, but this process logs to " + name);
        };
    }

    /** Logback, which is not depended on: an application may have it or not. */
    record Logback(ILoggerFactory context) implements LogBackend {

        @Override
        public @Nullable String level(String logger) {
            Object level = call(context.getLogger(logger), "getLevel");
            return level == null ? null : level.toString();
        }

        @Override
        public void level(String logger, @Nullable String level) {
            try {
                org.slf4j.Logger target = context.getLogger(logger);
                Class<?> type = Class.forName(
                        "ch.qos.logback.classic.Level", true, target.getClass().getClassLoader());
                Object value = level == null
                        ? null
                        : type.getMethod("valueOf", String.class).invoke(null, level);
                target.getClass().getMethod("setLevel", type).invoke(target, value);
            } catch (ReflectiveOperationException e) {
                throw new UnsupportedOperationException("this version of Logback cannot be asked: " + e, e);
            }
        }

        private static @Nullable Object call(Object target, String method) {
            try {
                Method found = target.getClass().getMethod(method);
                return found.invoke(target);
            } catch (ReflectiveOperationException e) {
                throw new UnsupportedOperationException("this version of Logback cannot be asked: " + e, e);
            }
        }
    }

    /** The JDK's own logging. */
    record JavaLogging() implements LogBackend {

        @Override
        public @Nullable String level(String logger) {
            Level level = Logger.getLogger(name(logger)).getLevel();
            return level == null ? null : level.getName();
        }

        @Override
        public void level(String logger, @Nullable String level) {
            Logger.getLogger(name(logger)).setLevel(level == null ? null : Level.parse(translated(level)));
        }

        private static String name(String logger) {
            return logger.equals(org.slf4j.Logger.ROOT_LOGGER_NAME) ? "" : logger;
        }

        /** By the table of SLF4J's binding. */
        private static String translated(String level) {
            return switch (level) {
                case "TRACE" -> "FINEST";
                case "DEBUG" -> "FINE";
                case "WARN" -> "WARNING";
                case "ERROR" -> "SEVERE";
                default -> level;
            };
        }
    }
}
