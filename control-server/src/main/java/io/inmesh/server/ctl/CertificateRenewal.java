package io.inmesh.server.ctl;

import java.io.IOException;
import java.io.PrintWriter;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Keeps a certificate in files from running out: a new one at half of its life, and again and again while that fails. */
final class CertificateRenewal {

    private static final Duration FIRST_WAIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final Issue issue;
    private final InstantSource clock;
    private final Sleeper sleeper;
    private final PrintWriter err;

    /**
     * How long a certificate is valid.
     *
     * @param begin from when
     * @param end until when
     */
    record Life(Instant begin, Instant end) {
        static Life of(X509Certificate certificate) {
            return new Life(
                    certificate.getNotBefore().toInstant(),
                    certificate.getNotAfter().toInstant());
        }
    }

    /** Has a new certificate issued and written. */
    interface Issue {
        Life issue() throws Failure, IOException;
    }

    /** Waits. */
    interface Sleeper {
        void sleep(Duration time) throws InterruptedException;
    }

    CertificateRenewal(Issue issue, InstantSource clock, Sleeper sleeper, PrintWriter err) {
        this.issue = issue;
        this.clock = clock;
        this.sleeper = sleeper;
        this.err = err;
    }

    /** Goes on until the thread is interrupted. @param first the certificate there is now */
    void run(Life first) throws InterruptedException {
        Life current = first;
        Duration wait = untilHalf(current);
        Duration next = FIRST_WAIT;
        while (true) {
            sleeper.sleep(wait);
            try {
                current = issue.issue();
                wait = untilHalf(current);
                next = FIRST_WAIT;
            } catch (Failure | IOException e) {
                err.println("meshctl: not renewed, valid until "
                        + current.end() + ": " + e.getMessage() + "; trying again in "
                        + next.toSeconds() + " s");
                err.flush();
                wait = next;
                next = next.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? next.multipliedBy(2) : LONGEST_WAIT;
            }
        }
    }

    private Duration untilHalf(Life life) {
        Instant half =
                life.begin().plus(Duration.between(life.begin(), life.end()).dividedBy(2));
        Duration left = Duration.between(clock.instant(), half);
        return left.compareTo(FIRST_WAIT) < 0 ? FIRST_WAIT : left;
    }
}
