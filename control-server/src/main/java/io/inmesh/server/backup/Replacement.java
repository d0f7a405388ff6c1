package io.inmesh.server.backup;

import io.inmesh.server.ca.SecretFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Files and folders that take the places of others, which are kept aside so that all can be taken back. */
final class Replacement implements AutoCloseable {
    private final Path aside;
    private final Deque<Step> done = new ArrayDeque<>();
    private @Nullable FileChannel reserved;

    @FunctionalInterface
    private interface Step {
        void takeBack() throws IOException;
    }

    /** @param aside a folder for what was there before, on the same disk; made when it is needed */
    Replacement(Path aside) {
        this.aside = aside;
    }

    /**
     * Takes the place of a store that is not there yet, with an empty file that is locked as a server locks its store, until this is
     * closed: so none can begin to use that place and have its store replaced under it.
     *
     * @throws IOException if a server was faster, or the file cannot be made
     */
    void reserve(Path place) throws IOException {
        try {
            SecretFiles.createEmpty(place);
        } catch (FileAlreadyExistsException e) {
            throw begun(e);
        }
        FileChannel channel = FileChannel.open(place, StandardOpenOption.WRITE);
        reserved = channel;
        if (!locked(channel)) {
            throw begun(null);
        }
        done.push(() -> Files.delete(place));
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static IOException begun(@Nullable Exception cause) {
        return new IOException("a server has been started on it meanwhile; stop it, and say --replace", cause);
    }

    /** Gives up what {@link #reserve} has locked; what has taken a place stays. */
    @Override
    public void close() throws IOException {
        if (reserved != null) {
            reserved.close();
        }
    }

    /** Has a file take a place in one step: there is no moment without one if there was one before. */
    void file(Path from, Path to) throws IOException {
        Path before = aside.resolve(to.getFileName());
        if (Files.exists(to)) {
            SecretFiles.createDirectory(aside);
            link(to, before);
            done.push(() -> SecretFiles.move(before, to));
        } else {
            done.push(() -> back(to, from));
        }
        SecretFiles.move(from, to);
    }

    /** Has a folder take a place. It is empty for a moment, and if the process is killed then, {@link #putBack} is for the next one. */
    void folder(Path from, Path to) throws IOException {
        if (Files.exists(to)) {
            SecretFiles.createDirectory(aside);
            Path before = aside.resolve(to.getFileName());
            done.push(() -> back(before, to));
            SecretFiles.move(to, before);
        }
        done.push(() -> back(to, from));
        SecretFiles.move(from, to);
    }

    /** A move may have failed before or after the change of names; only in the second case there is something to take back. */
    private static void back(Path now, Path then) throws IOException {
        if (Files.exists(now) && Files.notExists(then)) {
            SecretFiles.move(now, then);
        }
    }

    /**
     * {@return whether everything is back in its place; what is not stays aside}
     *
     * @param cause is told why it is not
     */
    boolean takeBack(Exception cause) {
        boolean back = true;
        while (!done.isEmpty()) {
            try {
                done.pop().takeBack();
            } catch (IOException e) {
                cause.addSuppressed(e);
                back = false;
            }
        }
        return back;
    }

    /** Puts back a folder that was put aside by a process that did not come to its end. */
    static void putBack(Path aside, Path to) throws IOException {
        Path before = aside.resolve(to.getFileName());
        if (Files.exists(before)) {
            delete(to);
            SecretFiles.move(before, to);
        }
    }

    /** Deletes a file or folder with everything in it; nothing if there is none. */
    static void delete(Path place) throws IOException {
        if (Files.exists(place)) {
            List<Path> all;
            try (Stream<Path> found = Files.walk(place)) {
                all = found.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path each : all) {
                Files.delete(each);
            }
        }
    }

    private static void link(Path from, Path to) throws IOException {
        Files.deleteIfExists(to);
        try {
            Files.createLink(to, from);
        } catch (UnsupportedOperationException e) {
            Files.copy(from, to);
        }
    }
}
