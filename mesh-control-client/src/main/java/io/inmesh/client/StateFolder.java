package io.inmesh.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of this process alone. Files are readable by this user only; each is written beside its place, forced to disk and moved
 * there, so that a crash leaves the old one or the new one. A file that cannot be used is put aside, for a human to look at.
 */
final class StateFolder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StateFolder.class);
    private static final long MAX_BYTES = 256L << 20;
    private static final FileAttribute<?> FOLDER_OF_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> FILE_OF_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path folder;
    private final FileChannel lock;

    private StateFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /** What is made of the bytes of a file. */
    interface Reader<T> {
        /** Throws to say that the file cannot be used, and why. */
        T read(byte[] bytes) throws IOException;
    }

    /**
     * {@return the folder, made if it is not there}
     *
     * @throws IOException if it cannot be used; the message says why and what to do
     */
    static StateFolder open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, FOLDER_OF_OWNER);
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("others may write to it; run: chmod 700 " + folder);
        }
        Path lockFile = folder.resolve("lock");
        FileChannel lock = Files.exists(lockFile)
                ? FileChannel.open(lockFile, StandardOpenOption.WRITE)
                : FileChannel.open(
                        lockFile, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE), FILE_OF_OWNER);
        if (!locked(lock)) {
            lock.close();
            throw new IOException("another process uses it; give each process a folder of its own");
        }
        return new StateFolder(folder, lock);
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException otherClientOfThisProcess) {
            return false;
        }
    }

    /**
     * {@return what a file holds; null if there is none, or none that can be used}
     *
     * @param name its name
     * @param reader makes something of it
     */
    <T> @Nullable T load(String name, Reader<T> reader) {
        Path file = folder.resolve(name);
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException("it is larger than " + MAX_BYTES + " bytes");
            }
            return reader.read(Files.readAllBytes(file));
        } catch (NoSuchFileException none) {
            return null;
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} is put aside as {}.rejected and not used: {}", file, name, e.getMessage());
            putAside(file, name);
            return null;
        }
    }

    private void putAside(Path file, String name) {
        try {
            Files.move(file, folder.resolve(name + ".rejected"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("{} could not be put aside: {}", file, e.getMessage());
        }
    }

    /** Replaces a file. */
    void save(String name, byte[] content) throws IOException {
        Path beside = folder.resolve(name + ".new");
        Files.deleteIfExists(beside);
        try (FileChannel channel = FileChannel.open(
                beside, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), FILE_OF_OWNER)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(beside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        // The move itself is lost in a power failure unless the folder is forced, too.
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /** Removes a file, if it is there. */
    void delete(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }

    /** Lets others use the folder. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.debug("the lock of {} could not be closed", folder, e);
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
