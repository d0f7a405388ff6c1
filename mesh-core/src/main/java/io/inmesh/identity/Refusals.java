package io.inmesh.identity;

import io.inmesh.time.Clock;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log of a server why callers' certificates were refused. A caller learns no more than an alert, and the servers that sit on
 * our trust managers (Jetty, Tomcat, Netty) keep the reason to themselves.
 *
 * <p>Whoever reaches the port can cause lines, and chooses names in them: there are at most {@value #PER_MINUTE} a minute, then a count
 * with the next one, and no control characters.
 */
final class Refusals {

    static final int PER_MINUTE = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final int MAX_LENGTH = 1000;

    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private long beganNanos;
    private int told;
    private long untold;

    Refusals(Clock clock) {
        this.clock = clock;
        this.beganNanos = clock.nanos();
    }

    /** A caller was refused. */
    void add(CertificateException refusal) {
        long before;
        lock.lock();
        try {
            long now = clock.nanos();
            if (now - beganNanos >= MINUTE) {
                beganNanos = now;
                told = 0;
            }
            if (told == PER_MINUTE) {
                untold++;
                return;
            }
            told++;
            before = untold;
            untold = 0;
        } finally {
            lock.unlock();
        }
        LOG.warn(
                "A caller was refused in the TLS handshake: {}{}",
                printable(String.valueOf(refusal.getMessage())),
                before == 0 ? "" : "; " + before + " more were refused before it and not logged");
    }

    private static String printable(String text) {
        String start = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
        return start.replaceAll("[\\p{Cntrl}\u2028\u2029]", "?");
    }
}
