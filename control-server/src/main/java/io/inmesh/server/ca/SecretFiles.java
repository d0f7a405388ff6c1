package io.inmesh.server.ca;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** Files only their owner may read (0600, in directories 0700), written whole or not at all. */
public final class SecretFiles {
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_DIRECTORY = PosixFilePermissions.fromString("rwx------");

    /** Others than its owner may read or write a secret. */
    static final class ExposedException extends IOException {
        private static final long serialVersionUID = 1L;

        ExposedException(String message) {
            super(message);
        }
    }

    private SecretFiles() {}

    /** Makes {@code directory} and its parents if absent, readable by the owner only. */
    public static void createDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, attributes(directory, OWNER_DIRECTORY));
        }
    }

    /** Makes an empty file; one that is there already is a {@link FileAlreadyExistsException}. */
    public static void createEmpty(Path file) throws IOException {
        Files.createFile(file, attributes(file, OWNER_FILE));
    }

    /** Replaces {@code file} in one step and forces it to disk; there is no moment at which others may read it. */
    public static void write(Path file, String content) throws IOException {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file, not a root directory");
        Path temporary = directory.resolve("." + file.getFileName() + "." + UUID.randomUUID());
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    attributes(directory, OWNER_FILE))) {
                ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceDirectory(directory);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Gives a file or folder another name on the same disk in one step, and has that name on disk; a file of that name goes. */
    public static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory(Objects.requireNonNull(to.toAbsolutePath().getParent(), "not a root directory"));
    }

    /**
     * Reads a file that has to be secret.
     *
     * @throws IOException if others than its owner may read or write it; the message names the remedy
     */
    public static String read(Path file) throws IOException {
        check(file);
        return Files.readString(file);
    }

    /** Does nothing but what {@link #read} does first. */
    static void check(Path file) throws IOException {
        if (posix(file)) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!OWNER_FILE.containsAll(permissions)) {
                throw new ExposedException(
                        file + " holds a secret but has permissions " + PosixFilePermissions.toString(permissions)
                                + "; make it readable by its owner only: chmod 600 " + file);
            }
        }
    }

    /** Without it the new name may be lost with the power, though the content is not. */
    private static void forceDirectory(Path directory) throws IOException {
        if (posix(directory)) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static FileAttribute<?>[] attributes(Path place, Set<PosixFilePermission> permissions) {
        return posix(place)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    private static boolean posix(Path place) {
        return place.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
