package io.inmesh.server;

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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whole control servers on one store, each with a data folder of its own. The store is in memory and outlives each of them. */
public final class Replicas implements AutoCloseable {

    private final Engine engine = EmbeddedEngine.inMemory();
    private final Path folder;
    private final Path settings;
    private final List<@Nullable RestServer> servers = new ArrayList<>();

    private Replicas(Path folder, Path settings) {
        this.folder = folder;
        this.settings = settings;
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

    /** Stops one as an operator would. */
    public void stop(int which) {
        get(which).close();
        servers.set(which, null);
    }

    /** Starts one that does not run. */
    public void restart(int which) throws IOException {
        Path data = folder.resolve(Integer.toString(which));
        if (which > 0) {
            copyAuthority(folder.resolve("0").resolve("ca"), data.resolve("ca"));
        }
        Section section = Files.size(settings) == 0 ? SettingsFile.none() : SettingsFile.read(settings);
        servers.set(which, new RestServer(new ControlServer(ServerOptions.onLoopback(0, 0, data, section), engine)));
    }

    private static void copyAuthority(Path from, Path to) throws IOException {
        if (Files.exists(to)) {
            return;
        }
        Files.createDirectories(to.getParent());
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
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
