package io.inmesh.server.ca;

import io.inmesh.server.store.Engine.Guard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An authority of one server, as files in one directory (0700): each text a file (0600), keys encrypted if there is a passphrase. The
 * file that says which roots there are is replaced in one step after all that are new and before any is removed, so a crash leaves either
 * state behind, and files that nobody looks at; a mark tells founding from a loss of that file ({@link Founding}). Files are read when they are asked for: the key of a root may be put back at any time.
 */
final class AuthorityDirectory implements AuthorityStore {
    private final Path directory;
    private final KeyCipher cipher;
    private final Founding founding;
    private final Copy live = new Live();

    private final class Live implements Copy {
        @Override
        public long generation() {
            return 0;
        }

        @Override
        public Optional<String> text(String name) throws IOException {
            Path file = directory.resolve(name);
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            return Optional.of(name.endsWith(".crt") ? Files.readString(file) : SecretFiles.read(file));
        }

        @Override
        public List<String> names(String folder) throws IOException {
            Path place = directory.resolve(folder);
            if (!Files.isDirectory(place)) {
                return List.of();
            }
            try (Stream<Path> files = Files.list(place)) {
                // What begins with a dot has not been written whole.
                return files.filter(Files::isRegularFile)
                        .map(file -> String.valueOf(file.getFileName()))
                        .filter(name -> !name.startsWith("."))
                        .map(name -> folder + "/" + name)
                        .sorted()
                        .toList();
            }
        }

        @Override
        public boolean same(Copy other) {
            return true;
        }
    }

    /**
     * Makes the directory if it is absent.
     *
     * @throws IOException if that is not possible, or there are only parts of an authority, so that another one would be founded
     */
    AuthorityDirectory(Path directory, KeyCipher cipher) throws IOException {
        SecretFiles.createDirectory(directory);
        this.directory = directory;
        this.cipher = cipher;
        this.founding = new Founding(directory);
        founding.check();
        founding.end();
    }

    @Override
    public Copy read() {
        return live;
    }

    /** There is one server only, so nobody can have been quicker, and there is nothing to fence off. */
    @Override
    public Optional<Copy> change(Copy judged, Map<String, Optional<String>> changes, List<Guard> fence)
            throws IOException {
        founding.begin();
        for (Map.Entry<String, Optional<String>> change : changes.entrySet()) {
            if (!change.getKey().equals(AuthorityTexts.STATE)) {
                write(change.getKey(), change.getValue());
            }
        }
        write(AuthorityTexts.STATE, changes.getOrDefault(AuthorityTexts.STATE, Optional.empty()));
        founding.end();
        for (Map.Entry<String, Optional<String>> change : changes.entrySet()) {
            if (change.getValue().isEmpty()) {
                Files.deleteIfExists(directory.resolve(change.getKey()));
            }
        }
        return Optional.of(live);
    }

    private void write(String name, Optional<String> text) throws IOException {
        if (text.isPresent()) {
            Path file = directory.resolve(name);
            SecretFiles.createDirectory(Objects.requireNonNull(file.getParent(), "a file in a directory"));
            SecretFiles.write(file, text.get());
        }
    }

    @Override
    public void onChange(Listener listener) {
        // Nobody else changes anything.
    }

    @Override
    public KeyCipher cipher() {
        return cipher;
    }

    @Override
    public boolean encrypts() {
        return cipher.encrypts();
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public String whole() {
        return directory.toString();
    }

    @Override
    public String place(String name) {
        return directory.resolve(name).toString();
    }

    @Override
    public String missingKey(String name) {
        return "put the root's key to " + place(name)
                + ", or give a newer intermediate in section authority of the settings";
    }
}
