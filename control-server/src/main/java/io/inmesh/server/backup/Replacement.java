package io.inmesh.server.backup;

import io.inmesh.server.ca.SecretFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** Files and folders that take the places of others, which are kept aside so that all can be taken back. */
final class Replacement {
    private final Path aside;
    private final Deque<Step> done = new ArrayDeque<>();

    @FunctionalInterface
    private interface Step {
        void takeBack() throws IOException;
    }

    /** @param aside a folder for what was there before, on the same disk; made when it is needed */
    Replacement(Path aside) {
        this.aside = aside;
    }

    /** Has a file take a place in one step: there is no moment without one if there was one before. */
    void file(Path from, Path to) throws IOException {
        Path before = aside.resolve(to.getFileName());
        boolean replaced = Files.exists(to);
        if (replaced) {
            SecretFiles.createDirectory(aside);
            link(to, before);
        }
        SecretFiles.move(from, to);
        done.push(
                replaced
                        ? () -> SecretFiles.move(before, to)
                        // It goes back to where it came from, which goes as a whole.
                        : () -> SecretFiles.move(to, from));
    }

    /** Has a folder take a place. It is empty for a moment, and if the process is killed then, {@link #putBack} is for the next one. */
    void folder(Path from, Path to) throws IOException {
        Path before = aside.resolve(to.getFileName());
        if (Files.exists(to)) {
            SecretFiles.createDirectory(aside);
            SecretFiles.move(to, before);
            done.push(() -> SecretFiles.move(before, to));
        }
        SecretFiles.move(from, to);
        done.push(() -> SecretFiles.move(to, from));
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
