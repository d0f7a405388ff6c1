package io.inmesh.server.etcd;

import io.inmesh.server.settings.Section;
import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.KeyValueTable;
import io.inmesh.server.store.Schema;
import io.inmesh.server.store.WatchfulEngine;
import io.inmesh.server.time.Timer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Where a server keeps its state: the settings' section {@code store}.
 *
 * @param etcd the etcd that servers share; null for a file in the server's own data folder
 */
public record StoreSettings(@Nullable EtcdSettings etcd) {

    /** What has to be there before a server writes anything. */
    @FunctionalInterface
    public interface Requirement {
        /** Nothing has to. */
        Requirement NONE = (store, place) -> {};

        /**
         * Looks for it, and changes nothing.
         *
         * @param store the store; null if it is a file that is not there yet
         * @param place what to call the store in messages to operators, with what they may have got wrong about it
         * @throws IOException if it is not there; the message says what to do
         */
        void check(@Nullable KeyValueTable store, String place) throws IOException;
    }

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
        return open(dataDir, timer, clock, Requirement.NONE);
    }

    /**
     * As the other, if what is required is there; else the place stays as it is.
     *
     * @throws IOException as the other, and if it is not there
     */
    public Engine open(Path dataDir, Timer timer, InstantSource clock, Requirement required) throws IOException {
        if (etcd == null) {
            EmbeddedEngine.refuseUnfinished(dataDir);
            if (Files.notExists(dataDir.resolve(EmbeddedEngine.FILE))) {
                required.check(null, place(dataDir));
            }
        }
        Engine engine = connect(dataDir, timer, clock);
        try {
            Schema.refuseUnfinished(engine);
            required.check(engine, place(dataDir));
            Schema.check(engine);
            return new WatchfulEngine(engine, clock);
        } catch (IOException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private String place(Path dataDir) {
        return etcd == null
                ? "the data folder " + dataDir + " (see whether --data-dir is right, and its volume mounted)"
                : "the store at " + etcd.endpoints() + " below " + etcd.prefix()
                        + " (see whether store.etcd.endpoints and store.etcd.prefix are right)";
    }

    /** As {@link #open(Path, Timer, InstantSource)}, whatever it holds. */
    public Engine connect(Path dataDir, Timer timer, InstantSource clock) throws IOException {
        return etcd == null ? EmbeddedEngine.open(dataDir) : EtcdEngine.open(etcd, timer, clock);
    }
}
