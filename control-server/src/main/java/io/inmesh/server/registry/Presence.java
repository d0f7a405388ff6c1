package io.inmesh.server.registry;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Lease;
import io.inmesh.server.store.Engine.LeaseLostException;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says to all servers that one is there: an entry that vanishes with its lease. One lease for a server, not one for a process, so that the
 * store has nothing to do while nothing happens. For one thread.
 */
final class Presence implements AutoCloseable {

    /** The servers, by the names that registrations give as their owners; one of {@link io.inmesh.server.store.Schema#PASSING}. */
    static final String TABLE = "registry-owners";

    /** How long a server counts as there after its last sign of life. */
    static final Duration TIME_TO_LIVE = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
    private static final byte[] THERE = {};

    private final Engine engine;
    private final String self;
    private @Nullable Lease lease;

    Presence(Engine engine, String self) {
        this.engine = engine;
        this.self = self;
    }

    /**
     * Gives a sign of life. To be called several times in {@link #TIME_TO_LIVE}.
     *
     * @throws StoreUnavailableException if it does not get through
     */
    void renew() {
        Lease held = lease;
        if (held != null && held.keepAlive()) {
            return;
        }
        lease = null;
        Lease fresh = engine.grant(TIME_TO_LIVE, () -> {});
        try {
            engine.change(List.of(), List.of(new Write(TABLE, self, THERE, fresh)));
            lease = fresh;
        } catch (LeaseLostException e) {
            throw StoreUnavailableException.nothingChanged("the store is slower than a lease of the registry lasts", e);
        }
    }

    @Override
    public void close() {
        Lease held = lease;
        lease = null;
        if (held != null) {
            try {
                held.revoke();
            } catch (StoreUnavailableException e) {
                LOG.debug("others see that this server has gone when its lease has run out", e);
            }
        }
    }
}
