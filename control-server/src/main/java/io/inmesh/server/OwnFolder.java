package io.inmesh.server;

import io.inmesh.server.folder.WatchedFolder;
import io.inmesh.server.time.SystemTimer;
import io.inmesh.server.write.ConfigWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The folder that this server takes configuration from, if there is one. */
final class OwnFolder implements AutoCloseable {

    private final @Nullable WatchedFolder watched;

    /**
     * Reads nothing before {@link #start}.
     *
     * @param folder which; null for none
     * @param timer when to look; for nothing else, since files are slow, and leases and pushes must not wait for them
     */
    OwnFolder(@Nullable Path folder, ConfigWriter writer, SystemTimer timer) {
        this.watched = folder == null ? null : new WatchedFolder(folder, writer, timer);
    }

    /**
     * Reads everything once and goes on following.
     *
     * @throws IOException if it is not a folder that can be read
     */
    void start() throws IOException {
        if (watched != null) {
            watched.start();
        }
    }

    /** {@return a line for each file that is not used as it is} */
    List<String> problems() {
        return watched == null ? List.of() : watched.problems();
    }

    @Override
    public void close() {
        if (watched != null) {
            watched.close();
        }
    }
}
