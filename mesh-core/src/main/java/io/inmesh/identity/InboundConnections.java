package io.inmesh.identity;

import io.inmesh.time.Randomness;
import io.inmesh.time.Scheduler;
import java.security.cert.Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The secured connections a server has, each of which ends some time after the epoch it began in.
 *
 * <p>Requests are judged one by one, see {@link IdentityHolder#peer}; this is for what lasts longer than a request. {@value
 * #GRACE_SECONDS} s after a new epoch began, a connection of an older one is ended at once if its peer is not trusted any more, and with it
 * the streams it carries; any other is ended gracefully within {@value #SPREAD_SECONDS} s more, so that peers shake hands again, though not
 * all of them in one moment.
 */
public final class InboundConnections implements AutoCloseable {

    /** How long streams of a peer that is not trusted any more go on, and connections of an old epoch are left alone, in seconds. */
    public static final int GRACE_SECONDS = 10;

    /** Over how much longer connections whose peers are still trusted are ended, in seconds. */
    public static final int SPREAD_SECONDS = 20;

    private final IdentityHolder holder;
    private final Scheduler scheduler;
    private final Randomness randomness;
    private final Set<Tracked> open = ConcurrentHashMap.newKeySet();
    private final AutoCloseable listening;

    /** A connection as an adapter has it. Its methods are called on any thread and must not block. */
    public interface Connection {

        /** {@return what the peer presented, leaf first; null before the handshake is over, or if it presented nothing} */
        Certificate @Nullable [] peerChain();

        /** Takes no further requests, tells the peer so, and ends once those under way have. */
        void endGracefully();

        /** Ends now, with all that is under way. */
        void endNow();
    }

    /**
     * Begins to watch over the connections of one server.
     *
     * @param holder whose epochs count
     * @param scheduler runs what happens later
     * @param randomness spreads what may be spread
     */
    public InboundConnections(IdentityHolder holder, Scheduler scheduler, Randomness randomness) {
        this.holder = holder;
        this.scheduler = scheduler;
        this.randomness = randomness;
        this.listening = holder.onChange(
                epoch -> scheduler.schedule(() -> sweep(epoch), TimeUnit.SECONDS.toNanos(GRACE_SECONDS)));
    }

    /**
     * Takes a connection into account; to be called before its handshake begins.
     *
     * @return to be run when it has closed
     */
    public Runnable opened(Connection connection) {
        IdentityEpoch epoch = holder.current();
        Tracked tracked = new Tracked(connection, epoch == null ? 0 : epoch.number());
        open.add(tracked);
        return () -> open.remove(tracked);
    }

    private void sweep(IdentityEpoch due) {
        for (Tracked tracked : open) {
            if (tracked.epoch < due.number()) {
                end(tracked);
            }
        }
    }

    private void end(Tracked tracked) {
        Connection connection = tracked.connection;
        PeerProof proof = holder.peer(connection.peerChain());
        if (proof.refusal() != null) {
            connection.endNow();
        } else if (tracked.recalled.compareAndSet(false, true)) {
            scheduler.schedule(
                    connection::endGracefully, randomness.below(TimeUnit.SECONDS.toNanos(SPREAD_SECONDS) + 1));
        }
    }

    /** Forgets the connections; none is ended by it. */
    @Override
    public void close() {
        try {
            listening.close();
        } catch (Exception e) {
            throw new IllegalStateException("a listener of the identity could not be taken away", e);
        }
        open.clear();
    }

    private static final class Tracked {
        private final Connection connection;
        private final long epoch;
        private final AtomicBoolean recalled = new AtomicBoolean();

        Tracked(Connection connection, long epoch) {
            this.connection = connection;
            this.epoch = epoch;
        }
    }
}
