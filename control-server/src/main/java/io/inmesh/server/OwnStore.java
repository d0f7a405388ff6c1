package io.inmesh.server;

import io.inmesh.server.ca.AuthoritySettings;
import io.inmesh.server.ca.SharedAuthority;
import io.inmesh.server.etcd.StoreSettings;
import io.inmesh.server.store.Engine;
import io.inmesh.server.time.Timer;
import java.io.IOException;
import java.time.InstantSource;

/** The store of this server. */
final class OwnStore {

    private OwnStore() {}

    /**
     * Opens it, unless the settings say that there is a certificate authority and there is none: such a place is left as it is.
     *
     * @param timer not to be closed before the engine
     * @throws IOException if it cannot be used; the message says what to do
     */
    static Engine open(
            StoreSettings store, AuthoritySettings authority, ServerOptions options, Timer timer, InstantSource clock)
            throws IOException {
        return store.open(
                options.dataDir(),
                timer,
                clock,
                (there, place) -> SharedAuthority.requireOne(authority, there, place, OwnAuthority.files(options)));
    }
}
