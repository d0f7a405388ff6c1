package io.inmesh.bench;

import io.inmesh.observe.AccessLogSettings;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Takes lines of the access log and throws them away, so that making them is measured, and no logging library and no disk. */
public final class DiscardedLog extends Handler {

    // Held, since java.util.logging forgets loggers that nobody holds, with what was set for them.
    private static final Logger LOGGER = Logger.getLogger(AccessLogSettings.LOGGER);
    private static final LongAdder LINES = new LongAdder();

    private DiscardedLog() {}

    /** Has lines of this process thrown away from now on, and counts them anew. */
    public static synchronized void begin() {
        LINES.reset();
        if (LOGGER.getUseParentHandlers()) {
            LOGGER.setUseParentHandlers(false);
            LOGGER.addHandler(new DiscardedLog());
        }
    }

    /** {@return lines thrown away so far} */
    public static long lines() {
        return LINES.sum();
    }

    @Override
    public void publish(LogRecord line) {
        LINES.increment();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
