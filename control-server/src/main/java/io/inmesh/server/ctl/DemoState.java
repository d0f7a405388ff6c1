package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.SecretFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code meshctl demo} has started, kept in {@code $XDG_STATE_HOME/inmesh/demo} or {@code ~/.local/state/inmesh/demo} with logs, tokens
 * and data, for the user only. A process is known by its number and by when it began: numbers are given anew, and what is not the demo's is
 * never stopped.
 */
final class DemoState implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String PROCESSES = "processes";

    private final Path folder;
    private final FileChannel lock;
    private final Map<String, Known> processes = new LinkedHashMap<>();
    private DemoPorts ports = DemoPorts.DEFAULT;

    /**
     * A process as it was started.
     *
     * @param pid its number
     * @param began when, in milliseconds since 1970
     */
    record Known(long pid, long began) {

        static Known of(ProcessHandle process) {
            return new Known(process.pid(), began(process));
        }

        /** {@return the process, if it still runs} */
        Optional<ProcessHandle> running() {
            return ProcessHandle.of(pid)
                    .filter(process -> process.isAlive() && began(process) == began && !ended(process));
        }

        /** {@return whether it is one of those that have ended and that nobody has asked for yet, as the kernel of Linux says} */
        private static boolean ended(ProcessHandle process) {
            try {
                String said = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
                return said.substring(said.lastIndexOf(')') + 1).stripLeading().startsWith("Z");
            } catch (IOException e) {
                return false;
            }
        }

        private static long began(ProcessHandle process) {
            return process.info()
                    .startInstant()
                    .map(java.time.Instant::toEpochMilli)
                    .orElse(0L);
        }
    }

    private DemoState(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Reads what is known, and keeps other commands out until it is closed.
     *
     * @throws Failure if another command is at it
     */
    static DemoState open(Map<String, String> environment) throws Failure, IOException {
        Path folder = folder(environment);
        SecretFiles.createDirectory(folder);
        FileChannel channel = FileChannel.open(
                folder.resolveSibling("demo.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lock(channel) == null) {
            channel.close();
            throw new Failure(ExitCode.FINDINGS, "another meshctl demo is at work; wait until it is done");
        }
        DemoState state = new DemoState(folder, channel);
        Path file = state.file();
        if (Files.exists(file)) {
            JsonNode kept = Api.JSON.readTree(SecretFiles.read(file));
            state.ports = DemoPorts.read(kept);
            kept.path(PROCESSES)
                    .forEach(process -> state.processes.put(
                            process.path("name").asText(),
                            new Known(
                                    process.path("pid").asLong(),
                                    process.path("began").asLong())));
        }
        return state;
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static Path folder(Map<String, String> environment) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        Path home = state.isBlank() ? Path.of(System.getProperty("user.home"), ".local", "state") : Path.of(state);
        return home.resolve("inmesh").resolve("demo").toAbsolutePath();
    }

    private Path file() {
        return folder.resolve("demo.json");
    }

    /** {@return where everything of the demo is} */
    Path folder() {
        return folder;
    }

    /** {@return where it listens} */
    DemoPorts ports() {
        return ports;
    }

    /** {@return what was started, in that order} */
    Map<String, Known> processes() {
        return new LinkedHashMap<>(processes);
    }

    /** {@return whether a process of that name runs} */
    boolean runs(String name) {
        Known known = processes.get(name);
        return known != null && known.running().isPresent();
    }

    /** {@return whether anything runs} */
    boolean runs() {
        return processes.keySet().stream().anyMatch(this::runs);
    }

    /** Begins anew, with nothing of an earlier demo left. */
    void begin(DemoPorts chosen) throws IOException {
        clear();
        SecretFiles.createDirectory(folder);
        ports = chosen;
        save();
    }

    /** Remembers a process before anything else can go wrong. */
    void started(String name, ProcessHandle process) throws IOException {
        processes.remove(name);
        processes.put(name, Known.of(process));
        save();
    }

    /** Stops what runs, the last one first, and forgets everything; {@return how many ran}. */
    int stop() throws IOException {
        List<ProcessHandle> running = processes.values().stream()
                .flatMap(known -> known.running().stream())
                .toList();
        for (int i = running.size() - 1; i >= 0; i--) {
            running.get(i).destroy();
        }
        for (ProcessHandle process : running) {
            end(process);
        }
        clear();
        return running.size();
    }

    private static void end(ProcessHandle process) {
        try {
            process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        } catch (TimeoutException | ExecutionException e) {
            process.destroyForcibly();
        }
    }

    private void clear() throws IOException {
        processes.clear();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private void save() throws IOException {
        ObjectNode kept = Api.JSON.createObjectNode();
        ports.write(kept);
        ArrayNode list = kept.putArray(PROCESSES);
        processes.forEach((name, known) ->
                list.addObject().put("name", name).put("pid", known.pid()).put("began", known.began()));
        SecretFiles.write(file(), Api.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(kept));
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
