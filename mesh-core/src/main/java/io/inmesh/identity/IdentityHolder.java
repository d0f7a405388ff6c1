package io.inmesh.identity;

import io.inmesh.time.Clock;
import java.security.cert.Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the identity of this process lives. Whoever obtains certificates calls {@link #update}; whoever makes connections reads
 * {@link #current} once per connection. Key, chain and roots change together in one write, so no reader sees parts of two.
 */
public final class IdentityHolder {

    private static final Logger LOG = LoggerFactory.getLogger(IdentityHolder.class);

    private final Clock clock;
    private final TlsVersion oldestTls;
    private final ReentrantLock writer = new ReentrantLock();
    private final List<Consumer<IdentityEpoch>> listeners = new CopyOnWriteArrayList<>();
    private final PeerProofs peers = new PeerProofs();
    // Kept so that a handshake that began before an update finishes with the key and chain it began with.
    private volatile @Nullable IdentityEpoch previous;
    private volatile @Nullable IdentityEpoch current;

    /** Makes a holder without identity that judges validity by the clock of this machine. */
    public IdentityHolder() {
        this(Clock.SYSTEM);
    }

    /**
     * Makes a holder without identity.
     *
     * @param clock by whose wall clock certificates are valid or not
     */
    public IdentityHolder(Clock clock) {
        this(clock, TlsVersion.TLS_1_3);
    }

    /**
     * Makes a holder without identity.
     *
     * @param clock by whose wall clock certificates are valid or not
     * @param oldestTls the oldest version of TLS to speak with others
     */
    public IdentityHolder(Clock clock, TlsVersion oldestTls) {
        this.oldestTls = oldestTls;
        this.clock = clock;
    }

    /** {@return the identity to use for new connections, null until there is one} */
    public @Nullable IdentityEpoch current() {
        return current;
    }

    /**
     * Replaces identity and trust together and begins a new epoch; does nothing if both equal the current ones. Either part may
     * change alone: a renewed leaf with the same roots, or other roots with the same leaf.
     *
     * @param identity who this process is now
     * @param trust whom it trusts now
     * @throws IllegalArgumentException if the leaf is not a valid X.509-SVID for the id, or the key is not the leaf's; the
     *     current epoch stays
     */
    public void update(WorkloadIdentity identity, TrustBundle trust) {
        SvidRules.checkOwn(identity);
        writer.lock();
        try {
            IdentityEpoch before = current;
            if (before != null
                    && before.identity().equals(identity)
                    && before.trust().equals(trust)) {
                return;
            }
            IdentityEpoch epoch = new IdentityEpoch(before, identity, trust, clock, oldestTls);
            previous = before;
            current = epoch;
            // Under the lock, so that listeners see epochs in their order.
            listeners.forEach(listener -> tell(listener, epoch));
        } finally {
            writer.unlock();
        }
    }

    /**
     * Calls a listener for every later epoch, on the thread that updates. It must be short and must not update the holder.
     *
     * @return closing it ends the calls
     */
    public AutoCloseable onChange(Consumer<IdentityEpoch> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /**
     * {@return what the peer of an open connection has proved, judged by the trust of now; a lookup unless the epoch is another one}
     *
     * @param chain what the peer presented in the handshake, leaf first, the same objects for all requests of the connection; null or
     *     empty where it presented nothing
     */
    public PeerProof peer(Certificate @Nullable [] chain) {
        return peers.of(chain, current);
    }

    /** {@return the oldest version of TLS to speak, for TLS stacks that do not take a context} */
    public TlsVersion oldestTls() {
        return oldestTls;
    }

    /** {@return the clock that judges validity} */
    Clock clock() {
        return clock;
    }

    /** {@return the current or the previous epoch by its alias, null if it is neither} */
    @Nullable
    IdentityEpoch byAlias(String alias) {
        IdentityEpoch now = current;
        if (now != null && now.alias().equals(alias)) {
            return now;
        }
        IdentityEpoch before = previous;
        return before != null && before.alias().equals(alias) ? before : null;
    }

    private static void tell(Consumer<IdentityEpoch> listener, IdentityEpoch epoch) {
        try {
            listener.accept(epoch);
        } catch (RuntimeException e) {
            LOG.warn("A listener failed on identity epoch {}; the epoch is in use all the same", epoch.number(), e);
        }
    }
}
