package io.inmesh.server.folder;

import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.time.Timer;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Document;
import io.inmesh.server.write.Documents;
import io.inmesh.server.write.Origin;
import io.inmesh.server.write.UnreadableException;
import io.inmesh.server.write.WriteResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a folder: its files are configuration, a file that goes takes its resources with it.
 *
 * <p>A file is one change: with an error in it nothing of it is used, what it said last stays, and the error is reported in the log
 * and in {@code meshctl status}. Resources made through the API are not touched. The folder is looked at every 100 ms, which works
 * on every file system, network ones included; a file is read when two looks in a row have found it the same, so that half a file
 * is not taken for the whole.
 */
public final class WatchedFolder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedFolder.class);
    private static final Duration PERIOD = Duration.ofMillis(100);
    private static final String NAMESPACE = "default";

    private final Path folder;
    private final ConfigWriter writer;
    private final Timer timer;

    /** What the last look found, and what has been read. */
    private Map<Path, String> seen = Map.of();

    private final Map<Path, String> used = new TreeMap<>();
    private final Map<Path, String> problems = new TreeMap<>();
    private long followed;
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
        synchronized (this) {
            seen = ConfigFiles.in(folder);
            follow();
            forgetFilesOfEarlierRuns();
        }
        next();
    }

    private void next() {
        timer.schedule(PERIOD, () -> {
            if (!closed) {
                look();
                next();
            }
        });
    }

    private synchronized void look() {
        try {
            Map<Path, String> present = ConfigFiles.in(folder);
            boolean settled = present.equals(seen);
            seen = present;
            // What a file with an error misses may have come through the API.
            boolean retry = !problems.isEmpty() && writer.store().view().revision() != followed;
            if (settled && (retry || !present.equals(used))) {
                follow();
            }
        } catch (IOException e) {
            LOG.warn("the folder {} cannot be read; what it said last stays: {}", folder, e.getMessage());
        } catch (StoreUnavailableException e) {
            LOG.warn("the folder {} is looked at again: {}", folder, e.getMessage());
        }
    }

    private void follow() {
        Set<Path> gone = new LinkedHashSet<>(used.keySet());
        gone.removeAll(seen.keySet());
        gone.forEach(file -> {
            removeAllBut(originOf(file), Set.of());
            used.remove(file);
            problems.remove(file);
        });
        List<Path> changed = new ArrayList<>();
        seen.forEach((file, stamp) -> {
            // What a file refers to may have come with another one, so those with errors are read again.
            if (!stamp.equals(used.put(file, stamp)) || problems.containsKey(file)) {
                changed.add(file);
            }
        });
        changed.forEach(this::read);
        changed.stream().filter(problems::containsKey).toList().forEach(this::read);
        followed = writer.store().view().revision();
        problems.forEach((file, message) -> LOG.warn("{} is not used, what it said last stays: {}", file, message));
    }

    private void read(Path file) {
        try {
            if (Files.size(file) > Documents.MAX_CHARACTERS) {
                problems.put(file, "is larger than " + Documents.MAX_CHARACTERS + " bytes; split it");
                return;
            }
            List<Document> documents = Documents.read(Files.readString(file));
            WriteResult result = writer.apply(
                    documents.stream().map(Document::body).toList(), NAMESPACE, null, originOf(file), false);
            if (!result.accepted()) {
                List<String> errors = result.errors().stream()
                        .map(problem -> text(problem, documents))
                        .toList();
                problems.put(file, String.join("; ", errors));
                return;
            }
            problems.remove(file);
            result.notes().forEach(note -> LOG.info("{}: {}", file, note));
            result.problems().forEach(problem -> LOG.warn("{}: {}", file, text(problem, documents)));
            Set<ResourceKey> kept = new HashSet<>();
            result.actions().forEach(action -> kept.add(action.resource()));
            removeAllBut(originOf(file), kept);
        } catch (IOException e) {
            problems.put(file, "cannot be read: " + e.getMessage());
        } catch (UnreadableException | ConflictException e) {
            problems.put(file, String.valueOf(e.getMessage()));
        } catch (StoreUnavailableException e) {
            // Nothing is wrong with the file, so it is read again without having changed.
            used.remove(file);
            problems.put(file, String.valueOf(e.getMessage()));
        }
    }

    /** Files that went while no server was running took their resources with them too. */
    private void forgetFilesOfEarlierRuns() {
        Set<Origin> present = new HashSet<>();
        seen.keySet().forEach(file -> present.add(originOf(file)));
        Set<Origin> gone = new HashSet<>();
        writer.store().view().all().forEach(resource -> gone.add(Origin.of(resource)));
        gone.removeIf(origin -> !origin.isFile() || present.contains(origin));
        gone.forEach(origin -> removeAllBut(origin, Set.of()));
    }

    /** Removes what a file said before and does not say any more. */
    private void removeAllBut(Origin origin, Set<ResourceKey> kept) {
        List<Change.Delete> gone = writer.store().view().all().stream()
                .filter(resource -> Origin.of(resource).equals(origin))
                .map(Resource::key)
                .filter(key -> !kept.contains(key))
                .map(key -> new Change.Delete(key, null))
                .toList();
        try {
            writer.delete(gone, origin, false);
        } catch (ConflictException e) {
            throw new IllegalStateException("a change that expects no version cannot conflict", e);
        }
    }

    private Origin originOf(Path file) {
        return Origin.file(folder.relativize(file).toString().replace('\\', '/'));
    }

    private static String text(Problem problem, List<Document> documents) {
        String line = documents.stream()
                .filter(document -> document.key(NAMESPACE).equals(problem.resource()))
                .map(document -> document.line(problem.fieldPath()))
                .filter(found -> found.isPresent())
                .map(found -> "line " + found.getAsInt() + ", ")
                .findFirst()
                .orElse("");
        return line + problem.resource() + ": " + problem.fieldPath() + " " + problem.message() + "; "
                + problem.remedy() + " [" + problem.code() + "]";
    }

    /** {@return what is wrong now, a line for each file} */
    public synchronized List<String> problems() {
        List<String> lines = new ArrayList<>();
        problems.forEach((file, message) -> lines.add(folder.relativize(file) + ": " + message));
        return lines;
    }

    @Override
    public void close() {
        closed = true;
    }
}
