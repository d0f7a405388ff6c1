package io.inmesh.client;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges whether a config is whole: whether every name in it has been answered, so that a new route never goes live before its
 * cluster, nor a cluster before its endpoints. It waits {@link #LIMIT_NANOS} at most; names not answered by then are given up,
 * each once, until they are answered.
 *
 * <p>Source: gRFC A57 (15 s for a resource; the time does not run without connection), A74 (whole configs).
 */
final class Completeness {

    /** How long a config waits: 15 s. */
    static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final Logger LOG = LoggerFactory.getLogger(Completeness.class);

    private final Set<String> givenUp = new HashSet<>();
    private boolean waiting;
    private long waitingSinceNanos;

    /**
     * {@return nanoseconds to wait for more, 0 if the config is as whole as it gets}
     *
     * @param missing names without answer
     * @param nowNanos the time
     */
    long waitNanos(Set<String> missing, long nowNanos) {
        givenUp.retainAll(missing);
        Set<String> open = new TreeSet<>(missing);
        open.removeAll(givenUp);
        if (open.isEmpty()) {
            waiting = false;
            return 0;
        }
        if (!waiting) {
            waiting = true;
            waitingSinceNanos = nowNanos;
        }
        long left = LIMIT_NANOS - (nowNanos - waitingSinceNanos);
        if (left > 0) {
            return left;
        }
        LOG.warn("these names have no answer after 15 s, going on without: {}", open);
        givenUp.addAll(open);
        waiting = false;
        return 0;
    }

    /** The connection is gone: what is missing may come with the next one, and its time begins then. */
    void disconnected() {
        waiting = false;
    }
}
