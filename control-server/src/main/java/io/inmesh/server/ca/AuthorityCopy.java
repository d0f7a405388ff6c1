package io.inmesh.server.ca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The state of an authority where no server runs: for backups, and for moves between the files of one server and a store of several. */
public final class AuthorityCopy {
    /** The table of a store that a sealed one is in. */
    public static final String TABLE = AuthorityTable.TABLE;

    /** The key of its entry there. */
    public static final String KEY = AuthorityTable.KEY;

    private AuthorityCopy() {}

    /**
     * {@return the text of every file of an authority by its path below the directory; empty if there is no authority, or one was only
     * being founded} Files that a crash has left half written are left out.
     *
     * @param directory the authority's
     * @throws IOException if one cannot be read, or there are only parts of an authority; the message says what to do
     */
    public static SortedMap<String, String> read(Path directory) throws IOException {
        SortedMap<String, String> texts = new TreeMap<>();
        if (!Files.isDirectory(directory)) {
            return texts;
        }
        Founding founding = new Founding(directory);
        founding.check();
        if (!founding.done()) {
            return texts;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> whole(directory.relativize(file)))
                    .toList();
        }
        for (Path file : files) {
            String name = directory.relativize(file).toString();
            texts.put(name, name.endsWith(".crt") ? Files.readString(file) : SecretFiles.read(file));
        }
        return texts;
    }

    /** {@return whether a file is not one that a crash has left half written: the names of those begin with a dot} */
    private static boolean whole(Path name) {
        for (Path part : name) {
            if (part.toString().startsWith(".")) {
                return false;
            }
        }
        return true;
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

    /**
     * {@return the files of an authority as the entry of a store}
     *
     * @param texts what {@link #read} has read
     * @param before settings of the server that wrote them, whose passphrase they may be encrypted under
     * @param after settings of the servers on the store, whose passphrase they are sealed under
     * @param environment variables, for {@link AuthoritySettings#PASSPHRASE_VARIABLE}
     * @param generation how many changes there have been in that store
     * @throws IOException if a passphrase is missing or wrong; the message says which
     */
    public static byte[] seal(
            SortedMap<String, String> texts,
            AuthoritySettings before,
            AuthoritySettings after,
            Map<String, String> environment,
            long generation)
            throws IOException {
        SecureRandom random = new SecureRandom();
        AuthoritySeal seal = after.seal(environment, random);
        return seal.seal(generation + 1, convert(texts, before.cipher(environment, random), KeyCipher.NONE));
    }

    /**
     * {@return the entry of a store as files}
     *
     * @param sealed the entry
     * @param before settings of the servers that sealed it, which name the passphrase
     * @param after settings of the server on the files; keys are encrypted under their passphrase, and not at all if there is none
     * @param environment variables, for {@link AuthoritySettings#PASSPHRASE_VARIABLE}
     * @throws IOException if the passphrase is missing or wrong
     */
    public static SortedMap<String, String> open(
            byte[] sealed, AuthoritySettings before, AuthoritySettings after, Map<String, String> environment)
            throws IOException {
        SecureRandom random = new SecureRandom();
        return convert(
                before.seal(environment, random).open(sealed).texts(),
                KeyCipher.NONE,
                after.cipher(environment, random));
    }

    /**
     * Makes sure that servers can open the entry of a store. Settings without a passphrase are not judged: servers may be given it otherwise.
     *
     * @param sealed the entry
     * @param after settings of the servers
     * @param environment variables, for {@link AuthoritySettings#PASSPHRASE_VARIABLE}
     * @throws IOException if they name another passphrase than that it is sealed under
     */
    public static void requireOpens(byte[] sealed, AuthoritySettings after, Map<String, String> environment)
            throws IOException {
        SecureRandom random = new SecureRandom();
        if (after.cipher(environment, random) == KeyCipher.NONE) {
            return;
        }
        try {
            after.seal(environment, random).open(sealed);
        } catch (IOException e) {
            throw new IOException(
                    "servers with these settings could not start on the store: the certificate authority that is copied"
                            + " into it does not open with the passphrase in " + AuthoritySettings.PASSPHRASE_VARIABLE
                            + " or authority.passphraseFile; name the one it was sealed under. For another one, move the store to"
                            + " the file of one server first, and from there to etcd under the new passphrase. Nothing has"
                            + " been changed",
                    e);
        }
    }

    /**
     * {@return how many changes there have been of an authority in a store, as its entry says}
     *
     * @throws IOException if it cannot be read
     */
    public static long generation(byte[] sealed) throws IOException {
        return AuthoritySeal.generation(sealed);
    }

    /**
     * Puts the folder of an authority, or the file of a store, aside, so that no server goes on with it by mistake. What was put aside
     * before stays.
     *
     * @return where it is
     */
    public static Path putAside(Path directory) throws IOException {
        Path aside = directory.resolveSibling(directory.getFileName() + ".moved");
        for (int i = 2; Files.exists(aside); i++) {
            aside = directory.resolveSibling(directory.getFileName() + ".moved-" + i);
        }
        return Files.move(directory, aside, StandardCopyOption.ATOMIC_MOVE);
    }

    /** {@return the files of an authority, keys not encrypted; for memory only} */
    static SortedMap<String, String> plain(
            Path directory, AuthoritySettings settings, Map<String, String> environment, SecureRandom random)
            throws IOException {
        return convert(read(directory), settings.cipher(environment, random), KeyCipher.NONE);
    }

    private static SortedMap<String, String> convert(SortedMap<String, String> texts, KeyCipher from, KeyCipher to)
            throws IOException {
        SortedMap<String, String> converted = new TreeMap<>();
        for (Map.Entry<String, String> text : texts.entrySet()) {
            if (!whole(Path.of(text.getKey()))) {
                // Of a backup by a version that took them.
                continue;
            }
            String value = text.getValue();
            if (value.contains("PRIVATE KEY-----")) {
                try {
                    value = to.encode(from.decode(value, text.getKey())) + Pem.encode(Pem.certificates(value));
                } catch (CertificateException e) {
                    throw new IOException(text.getKey() + " holds no PEM certificates: " + e.getMessage(), e);
                }
            }
            converted.put(text.getKey(), value);
        }
        return converted;
    }
}
