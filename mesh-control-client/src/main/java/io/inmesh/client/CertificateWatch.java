package io.inmesh.client;

import io.inmesh.identity.CertificateLife;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHealth;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.time.Clock;
import io.inmesh.time.Scheduler;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the wall clock now and then, and says when the certificate gets worse by it. All methods on the control thread. */
final class CertificateWatch {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

    /** The wall clock is looked at this often, or twenty times in a life that is short. */
    private static final long LONGEST_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private static final long SHORTEST_MILLIS = 100;
    private static final int LOOKS_PER_LIFE = 20;

    private final IdentityHolder holder;
    private final ControlThread thread;
    private final Clock clock;
    private final CertificateReport report;
    private final boolean token;
    private final LongConsumer looked;
    private Scheduler.Cancellable next = () -> {};
    private IdentityHealth said = IdentityHealth.SOUND;

    /**
     * Makes a watch that does nothing yet.
     *
     * @param report told when health changes
     * @param token whether there is a token to get another certificate with, once this one has ended
     * @param looked told the time of each look, in milliseconds since 1970 UTC
     */
    CertificateWatch(
            IdentityHolder holder,
            ControlThread thread,
            Clock clock,
            CertificateReport report,
            boolean token,
            LongConsumer looked) {
        this.holder = holder;
        this.thread = thread;
        this.clock = clock;
        this.report = report;
        this.token = token;
        this.looked = looked;
    }

    /** Watches a certificate from now on, in place of the one before. */
    void begin(CertificateLife life) {
        said = IdentityHealth.SOUND;
        next.cancel();
        lookLater(life);
    }

    private void lookLater(CertificateLife life) {
        long millis = Math.max(
                SHORTEST_MILLIS, Math.min(LONGEST_MILLIS, (life.endsMillis() - life.beginsMillis()) / LOOKS_PER_LIFE));
        next = thread.schedule(
                () -> {
                    IdentityEpoch epoch = holder.current();
                    // One that was under way when it was called off is about a certificate of before.
                    if (epoch != null && epoch.life().equals(life)) {
                        look(life);
                        lookLater(life);
                    }
                },
                TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void look(CertificateLife life) {
        long now = clock.epochMillis();
        looked.accept(now);
        IdentityHealth health = life.healthAt(now);
        if (health == said) {
            return;
        }
        said = health;
        report.look();
        switch (health) {
            case SOUND -> LOG.info("the certificate is sound by the wall clock, which has been set");
            case DEGRADED ->
                LOG.warn(
                        "the certificate has not been renewed and ends at {}; look for the failures above",
                        Instant.ofEpochMilli(life.endsMillis()));
            case EXPIRED ->
                LOG.error(
                        "the certificate has ended: peers refuse this process until it has another; {}",
                        token
                                ? "it is asked for with the join token"
                                : "there is no join token to get one with, make one with: meshctl token create");
        }
    }
}
