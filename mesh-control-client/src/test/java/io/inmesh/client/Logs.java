package io.inmesh.client;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Everything the client logs while it is open, at every level, with the causes of what failed. */
final class Logs extends Handler implements AutoCloseable {

    // Held here, since the logging library may forget a logger nobody holds, with its level.
    private final Logger logger = Logger.getLogger("io.inmesh.client");
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    Logs() {
        setLevel(Level.ALL);
        logger.setLevel(Level.ALL);
        logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
        records.add(record);
    }

    /** {@return what was logged as a warning or worse} */
    List<String> warnings() {
        return records.stream()
                .filter(record -> record.getLevel().intValue() >= Level.WARNING.intValue())
                .map(Logs::text)
                .toList();
    }

    /** {@return all of it, causes included} */
    String everything() {
        StringBuilder all = new StringBuilder();
        for (LogRecord record : records) {
            all.append(text(record)).append('\n');
            for (Throwable cause = record.getThrown(); cause != null; cause = cause.getCause()) {
                all.append(cause).append('\n');
            }
        }
        return all.toString();
    }

    private static String text(LogRecord record) {
        Object[] parameters = record.getParameters();
        return parameters == null || parameters.length == 0
                ? record.getMessage()
                : MessageFormat.format(record.getMessage(), parameters);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setLevel(null);
    }
}
