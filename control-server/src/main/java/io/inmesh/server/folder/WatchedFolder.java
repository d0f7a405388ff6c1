package io.inmesh.server.folder;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.time.Timer;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Documents;
import io.inmesh.server.write.WriteResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a folder: its files are configuration, a file that goes takes its resources with it.
 *
 * <p>A file that cannot be used keeps what it said last, and is reported in the log and in {@code meshctl status}. The folder is
 * looked at every 250 ms by size and time of its files, which works on every file system, network ones included.
 */
public final class WatchedFolder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedFolder.class);
    private static final Duration PERIOD = Duration.ofMillis(250);
    private static final String SOURCE = "inmesh.io/source";

    private final Path folder;
    private final ConfigWriter writer;
    private final Timer timer;
    private final Map<Path, String> stamps = new TreeMap<>();
    private final Map<Path, String> problems = new TreeMap<>();
    private volatile boolean closed;

    /**
     * Makes a follower.
     *
     * @param folder which
     * @param writer where its resources go
     * @param timer when to look
     */
    public WatchedFolder(Path folder, ConfigWriter writer, Timer timer) {
        this.folder = folder;
        this.writer = writer;
        this.timer = timer;
    }

    /**
     * Reads everything once and goes on following.
     *
     * @throws IOException if it is not a folder that can be read
     */
    public void start() throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("--config-dir " + folder + " is not a folder");
        }
        look();
        next();
    }

    private void next() {
        if (!closed) {
            timer.schedule(PERIOD, () -> {
                try {
                    look();
                } catch (IOException e) {
                    LOG.warn("the folder {} cannot be read; what it said last stays: {}", folder, e.getMessage());
                }
                next();
            });
        }
    }

    private synchronized void look() throws IOException {
        Map<Path, String> present = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(WatchedFolder::relevant).toList()) {
                present.put(
                        file,
                        Files.size(file) + "@" + Files.getLastModifiedTime(file).toMillis());
            }
        }
        if (present.equals(stamps)) {
            return;
        }
        List<Path> changed = new ArrayList<>();
        present.forEach((file, stamp) -> {
            if (!stamp.equals(stamps.get(file))) {
                changed.add(file);
            }
        });
        Set<Path> gone = new HashSet<>(stamps.keySet());
        gone.removeAll(present.keySet());
        stamps.clear();
        stamps.putAll(present);
        gone.forEach(file -> remove(file, Set.of()));
        problems.keySet().removeAll(gone);
        changed.forEach(this::read);
    }

    private static boolean relevant(Path file) {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file)
                && !name.startsWith(".")
                && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
    }

    private void read(Path file) {
        try {
            List<ObjectNode> documents = Documents.read(Files.readString(file));
            documents.forEach(document ->
                    document.withObject("metadata").withObject("annotations").put(SOURCE, sourceOf(file)));
            WriteResult result = writer.apply(documents, "default", null, false);
            if (!result.accepted()) {
                report(
                        file,
                        String.join(
                                "; ",
                                result.errors().stream()
                                        .map(WatchedFolder::text)
                                        .toList()));
                return;
            }
            problems.remove(file);
            result.notes().forEach(note -> LOG.info("{}: {}", file, note));
            result.problems().forEach(problem -> LOG.warn("{}: {}", file, text(problem)));
            Set<ResourceKey> kept = new HashSet<>();
            result.actions().forEach(action -> kept.add(action.resource()));
            remove(file, kept);
        } catch (IOException | Documents.UnreadableException | ConflictException e) {
            report(file, String.valueOf(e.getMessage()));
        }
    }

    private void report(Path file, String message) {
        problems.put(file, message);
        LOG.warn("{} is not used, what it said last stays: {}", file, message);
    }

    /** Removes what a file said before and does not say any more. */
    private void remove(Path file, Set<ResourceKey> kept) {
        List<ResourceKey> gone = writer.store().view().all().stream()
                .filter(resource -> sourceOf(file).equals(resource.annotations().get(SOURCE)))
                .map(resource -> resource.key())
                .filter(key -> !kept.contains(key))
                .toList();
        try {
            writer.delete(gone, false);
        } catch (ConflictException e) {
            report(file, String.valueOf(e.getMessage()));
        }
    }

    private String sourceOf(Path file) {
        return "folder:" + folder.relativize(file);
    }

    private static String text(Problem problem) {
        return problem.resource() + ": " + problem.fieldPath() + " " + problem.message() + "; " + problem.remedy()
                + " [" + problem.code() + "]";
    }

    /** {@return what is wrong now, a line for each file} */
    public synchronized List<String> problems() {
        List<String> lines = new ArrayList<>();
        problems.forEach((file, message) -> lines.add(file + ": " + message));
        return lines;
    }

    @Override
    public void close() {
        closed = true;
    }
}
