package io.inmesh.server.ca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of an authority, for backups. */
public final class AuthorityCopy {

    private AuthorityCopy() {}

    /**
     * {@return the text of every file of an authority by its path below the directory; empty if there is no authority}
     *
     * @param directory the authority's
     * @throws IOException if one cannot be read
     */
    public static SortedMap<String, String> read(Path directory) throws IOException {
        SortedMap<String, String> texts = new TreeMap<>();
        if (!Files.isDirectory(directory)) {
            return texts;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            texts.put(directory.relativize(file).toString(), SecretFiles.read(file));
        }
        return texts;
    }

    /** {@return whether a text has a private key in it that nothing protects} */
    public static boolean bare(String text) {
        return text.contains("PRIVATE KEY-----") && !KeyCipher.encrypted(text);
    }

    /**
     * Puts files back, each for its owner only.
     *
     * @param directory the authority's; made if absent
     * @param texts what {@link #read} has read
     * @throws IOException if one cannot be written, or would not be below the directory
     */
    public static void write(Path directory, Map<String, String> texts) throws IOException {
        Path root = directory.toAbsolutePath().normalize();
        for (Map.Entry<String, String> text : texts.entrySet()) {
            Path file = root.resolve(text.getKey()).normalize();
            Path parent = file.getParent();
            if (!file.startsWith(root) || file.equals(root) || parent == null) {
                throw new IOException(text.getKey() + " is no file of an authority; the backup has been tampered with");
            }
            SecretFiles.createDirectory(parent);
            SecretFiles.write(file, text.getValue());
        }
    }
}
