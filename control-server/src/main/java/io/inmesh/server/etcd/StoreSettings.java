package io.inmesh.server.etcd;

import io.inmesh.server.settings.Section;
import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Schema;
import io.inmesh.server.store.WatchfulEngine;
import io.inmesh.server.time.Timer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Where a server keeps its state: the settings' section {@code store}.
 *
 * @param etcd the etcd that servers share; null for a file in the server's own data folder
 */
public record StoreSettings(@Nullable EtcdSettings etcd) {

    /**
     * Reads the section.
     *
     * @throws io.inmesh.server.settings.SettingsException if something does not fit; the message names file, field and remedy
     */
    public static StoreSettings read(Section section) {
        return new StoreSettings(section.has("etcd") ? EtcdSettings.read(section.section("etcd")) : null);
    }

    /**
     * Opens the engine for a server.
     *
     * @param dataDir the server's data folder
     * @param timer when attempts are over; not to be closed before the engine
     * @param clock the time of day
     * @throws IOException if it cannot be used, or holds what this server does not understand; the message says what to do
     */
    public Engine open(Path dataDir, Timer timer, InstantSource clock) throws IOException {
        if (etcd == null) {
            EmbeddedEngine.refuseUnfinished(dataDir);
        }
        Engine engine = connect(dataDir, timer, clock);
        try {
            Schema.check(engine);
            return new WatchfulEngine(engine, clock);
        } catch (IOException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /** As {@link #open}, whatever it holds. */
    public Engine connect(Path dataDir, Timer timer, InstantSource clock) throws IOException {
        return etcd == null ? EmbeddedEngine.open(dataDir) : EtcdEngine.open(etcd, timer, clock);
    }
}
