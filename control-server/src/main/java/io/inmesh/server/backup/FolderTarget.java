package io.inmesh.server.backup;

import io.inmesh.server.ca.AuthorityCopy;
import io.inmesh.server.ca.SecretFiles;
import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The data folder of one server. A copy is written beside what is there and takes its place when it is whole, so a failure, a full disk say, leaves
 * everything as it was. From the first file that is moved to the last one the store has the mark of a copy that is not complete.
 */
final class FolderTarget implements Target {
    private final Path folder;
    private final Path authority;
    private final boolean there;
    private final Engine present;

    private FolderTarget(Path folder, Path authority, boolean there, Engine present) {
        this.folder = folder;
        this.authority = authority;
        this.there = there;
        this.present = present;
    }

    /**
     * Opens the store that is there, if there is one, so that no server can.
     *
     * @param folder need not be there, and is not made
     * @param authority the folder of the certificate authority in it
     * @throws IOException if the store cannot be read, or a server uses it
     */
    static FolderTarget open(Path folder, Path authority) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(folder)) {
            throw new IOException(folder + " is no folder; correct --data-dir");
        }
        boolean there = Files.exists(folder.resolve(EmbeddedEngine.FILE));
        return new FolderTarget(
                folder, authority, there, there ? EmbeddedEngine.open(folder) : EmbeddedEngine.inMemory());
    }

    @Override
    public Engine present() {
        return present;
    }

    @Override
    public void fill(CarriedAuthority copied, boolean replace, long jump) throws IOException {
        Refill refill = new Refill(present, replace);
        boolean files = !copied.files().isEmpty();
        if (files && !replace && !refill.resumes() && holdsFiles()) {
            throw new IOException(authority + " has files of a certificate authority already; add --replace if they may"
                    + " go, move them away, or leave that of the copy out where there is --keep-authority");
        }
        Path aside = folder.resolve(EmbeddedEngine.STAGE).resolve("before");
        if (refill.resumes()) {
            // Outside of what follows: where it cannot be put back it has to stay where it is.
            Replacement.putBack(aside, authority);
        }
        try (Replacement replacement = new Replacement(aside)) {
            fill(replacement, aside, refill, copied, jump);
        }
        try (Engine engine = EmbeddedEngine.open(folder)) {
            Refill.finish(engine);
        }
        Replacement.delete(folder.resolve(EmbeddedEngine.STAGE));
    }

    private void fill(Replacement replacement, Path aside, Refill refill, CarriedAuthority copied, long jump)
            throws IOException {
        boolean made = Files.notExists(folder);
        Path stage = folder.resolve(EmbeddedEngine.STAGE);
        try {
            if (!there) {
                SecretFiles.createDirectory(folder);
                replacement.reserve(store());
            }
            write(stage, refill, copied, jump);
            // First, since it has the mark that keeps servers from starting.
            replacement.file(stage.resolve(EmbeddedEngine.FILE), store());
            if (!copied.files().isEmpty()) {
                replacement.folder(stage.resolve("ca"), authority);
            }
        } catch (IOException | RuntimeException e) {
            boolean back = replacement.takeBack(e);
            if (back) {
                clear(stage, made, e);
            }
            throw new IOException(
                    "the copy could not be put there, and "
                            + (back
                                    ? folder + " is as it was before: "
                                    : "not all that was there could be put back: it is in " + aside
                                            + ", and no server starts until a restore has succeeded: ")
                            + e.getMessage(),
                    e);
        }
    }

    private Path store() {
        return folder.resolve(EmbeddedEngine.FILE);
    }

    private static void write(Path stage, Refill refill, CarriedAuthority copied, long jump) throws IOException {
        // Of one that was interrupted.
        Replacement.delete(stage);
        SecretFiles.createDirectory(stage);
        try (Engine fresh = EmbeddedEngine.open(stage)) {
            refill.beside(fresh).fill(copied.tables(), jump);
        }
        AuthorityCopy.write(stage.resolve("ca"), copied.files());
    }

    private boolean holdsFiles() throws IOException {
        if (!Files.isDirectory(authority)) {
            return false;
        }
        try (Stream<Path> all = Files.walk(authority)) {
            return all.anyMatch(Files::isRegularFile);
        }
    }

    private void clear(Path stage, boolean made, Exception cause) {
        try {
            Replacement.delete(stage);
            if (made) {
                Files.deleteIfExists(folder);
            }
        } catch (DirectoryNotEmptyException e) {
            // Somebody else has begun to use it.
            return;
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        present.close();
    }
}
