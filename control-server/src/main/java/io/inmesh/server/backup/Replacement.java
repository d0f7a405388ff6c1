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
