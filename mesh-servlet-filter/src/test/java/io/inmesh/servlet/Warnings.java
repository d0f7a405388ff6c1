package io.inmesh.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What one package logs as a warning or worse while it is open. */
final class Warnings extends Handler implements AutoCloseable {

    // Held here, since the logging library may forget a logger nobody holds, with its handlers.
    private final Logger logger;
    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

    Warnings(String name) {
        logger = Logger.getLogger(name);
        logger.addHandler(this);
    }

    /** {@return what was logged since the last call} */
    List<String> take() {
        List<String> taken = new ArrayList<>();
        texts.drainTo(taken);
        return taken;
    }

    @Override
    public void publish(LogRecord logged) {
        if (logged.getLevel().intValue() >= Level.WARNING.intValue()) {
            texts.add(logged.getMessage());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
