package io.inmesh.server;

import io.inmesh.server.ca.SecretFiles;
import io.inmesh.server.fixture.RestServer;
import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whole control servers on one store, each with a data folder of its own. The store is in memory and outlives each of them. */
public final class Replicas implements AutoCloseable {

    private final Engine engine = EmbeddedEngine.inMemory();
    private final Path folder;
    private final Path settings;
    private final List<@Nullable RestServer> servers = new ArrayList<>();

    private Replicas(Path folder, Path settings) throws IOException {
        this.folder = folder;
        // All of them are one authority, which they keep in the store, sealed.
        SecretFiles.write(settings.resolveSibling("ca.passphrase"), "the same at all of them\n");
        this.settings = Files.writeString(
                settings.resolveSibling("replicas.yaml"),
                Files.readString(settings) + "\nauthority: {passphraseFile: ca.passphrase}\n");
    }

    /** Starts some without settings. */
    public static Replicas start(Path folder, int count) throws IOException {
        return start(folder, count, Files.writeString(folder.resolve("none.yaml"), ""));
    }

    /** Starts some with the same file of settings. */
    public static Replicas start(Path folder, int count, Path settings) throws IOException {
        Replicas replicas = new Replicas(folder, settings);
        try {
            for (int i = 0; i < count; i++) {
                replicas.servers.add(null);
                replicas.restart(i);
            }
            return replicas;
        } catch (IOException | RuntimeException e) {
            replicas.close();
            throw e;
        }
    }

    /** {@return one of them, which runs} */
    public RestServer get(int which) {
        RestServer server = servers.get(which);
        if (server == null) {
            throw new IllegalStateException("server " + which + " has been stopped");
        }
        return server;
    }

    /** {@return the store they share, for tests to look into} */
    public Engine engine() {
        return engine;
    }

    /** {@return what each is started with, to be read by one server} */
    public Section settings() throws IOException {
        return SettingsFile.read(settings);
    }

    /** Stops one as an operator would. */
    public void stop(int which) {
        get(which).close();
        servers.set(which, null);
    }

    /** Starts one that does not run. */
    public void restart(int which) throws IOException {
        Path data = folder.resolve(Integer.toString(which));
        servers.set(which, new RestServer(new ControlServer(ServerOptions.onLoopback(0, 0, data, settings()), engine)));
    }

    @Override
    public void close() {
        for (RestServer server : servers) {
            if (server != null) {
                server.close();
            }
        }
        engine.close();
    }
}
