package io.inmesh.server.ca;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.Certificates.Issuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The authority's keys and certificates in one directory (0700):
 *
 * <ul>
 *   <li>{@code authority.json}: which roots there are and how far each has come. It is replaced in one step, and nothing has happened
 *       before that
 *   <li>{@code roots/<id>/root.crt}, {@code root.key}: a root. The key may be kept elsewhere; it is needed only to renew the intermediate
 *       and to sign crosses
 *   <li>{@code roots/<id>/signer.pem}: the key that signs workloads, then its certificates. One file, so that they are never of two
 *   <li>{@code roots/<id>/earlier/<end>.pem}: those before, see {@link EarlierSigners}
 *   <li>{@code roots/<id>/crosses.crt}: certificates for this root by other roots
 * </ul>
 *
 * Files have mode 0600; keys are encrypted if there is a passphrase ({@link KeyCipher}).
 */
final class AuthorityFiles {
    private static final String STATE = "authority.json";
    private static final String ROOT = "root.crt";
    private static final String ROOT_KEY = "root.key";
    private static final String SIGNER = "signer.pem";
    private static final String EARLIER = "earlier";
    private static final String CROSSES = "crosses.crt";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final KeyCipher cipher;

    AuthorityFiles(Path directory, KeyCipher cipher) throws IOException {
        SecretFiles.createDirectory(directory);
        this.directory = directory;
        this.cipher = cipher;
    }

    KeyCipher cipher() {
        return cipher;
    }

    /** {@return the same directory, as it was laid out before there could be several roots} */
    EarlierLayout earlierLayout() {
        return new EarlierLayout(directory, cipher);
    }

    /** {@return every root, those that are gone included, oldest first; empty on the very first start} */
    List<Root> load() throws IOException {
        Path file = directory.resolve(STATE);
        List<Root> roots = new ArrayList<>();
        if (!Files.exists(file)) {
            return roots;
        }
        try {
            for (JsonNode node : JSON.readTree(SecretFiles.read(file)).path("roots")) {
                roots.add(load(
                        node.path("id").asText(),
                        RootState.valueOf(node.path("state").asText().toUpperCase(Locale.ROOT)),
                        Instant.parse(node.path("since").asText())));
            }
        } catch (com.fasterxml.jackson.core.JsonProcessingException | RuntimeException e) {
            throw new IOException(file + " cannot be read (" + e.getMessage() + "); restore it from a backup", e);
        }
        return roots;
    }

    private Root load(String id, RootState state, Instant since) throws IOException {
        Path file = place(id).resolve(ROOT);
        X509Certificate certificate = certificates(file).stream()
                .findFirst()
                .orElseThrow(() -> new IOException(file + " is missing; restore it from a backup"));
        if (!Root.idOf(certificate).equals(id)) {
            throw new IOException(file + " is another root than " + id + "; restore it from a backup");
        }
        return new Root(
                id,
                state,
                since,
                certificate,
                state == RootState.GONE ? null : signer(id),
                certificates(place(id).resolve(CROSSES)));
    }

    private @Nullable Signer signer(String id) throws IOException {
        Path file = place(id).resolve(SIGNER);
        return Files.exists(file) ? signer(file) : null;
    }

    /** A key that signs, or signed, workloads, with its certificates. */
    Signer signer(Path file) throws IOException {
        PrivateKey key = cipher.decode(SecretFiles.read(file), file);
        return new Signer(certificates(file), key);
    }

    /** Where the signers before that of a root are. */
    Path earlier(String id) {
        return place(id).resolve(EARLIER);
    }

    /** Keeps a signer that is about to be replaced; {@return its file} */
    Path storeEarlier(String id, Signer signer, Instant until) throws IOException {
        SecretFiles.createDirectory(earlier(id));
        Path file = earlier(id).resolve(until.getEpochSecond() + ".pem");
        SecretFiles.write(file, cipher.encode(signer.key()) + Pem.encode(signer.chain()));
        return file;
    }

    /** Makes {@code roots} what {@link #load} gives from now on, even after a crash. Their files have to be there already. */
    void commit(List<Root> roots) throws IOException {
        ObjectNode state = JSON.createObjectNode().put("format", 1);
        ArrayNode list = state.putArray("roots");
        roots.forEach(root -> list.addObject()
                .put("id", root.id())
                .put("state", root.state().name().toLowerCase(Locale.ROOT))
                .put("since", root.since().toString()));
        SecretFiles.write(directory.resolve(STATE), state.toPrettyString() + "\n");
    }

    void storeRoot(X509Certificate certificate, @Nullable PrivateKey key) throws IOException {
        Path place = place(Root.idOf(certificate));
        SecretFiles.createDirectory(place);
        if (key != null) {
            SecretFiles.write(place.resolve(ROOT_KEY), cipher.encode(key));
        }
        SecretFiles.write(place.resolve(ROOT), Pem.encode(certificate));
    }

    void storeSigner(String id, Signer signer) throws IOException {
        SecretFiles.write(place(id).resolve(SIGNER), cipher.encode(signer.key()) + Pem.encode(signer.chain()));
    }

    void storeCrosses(String id, List<X509Certificate> crosses) throws IOException {
        SecretFiles.write(place(id).resolve(CROSSES), Pem.encode(crosses));
    }

    /** A root with its key; empty if the key is kept elsewhere. */
    Optional<Issuer> issuer(Root root) throws IOException {
        Path file = rootKey(root.id());
        return Files.exists(file)
                ? Optional.of(new Issuer(root.certificate(), cipher.decode(SecretFiles.read(file), file)))
                : Optional.empty();
    }

    /** Where a root's key is, if it is here. */
    Path rootKey(String id) {
        return place(id).resolve(ROOT_KEY);
    }

    /** Removes all keys of a root; its certificates stay, as what was trusted once. */
    void deleteKeys(String id) throws IOException {
        Files.deleteIfExists(rootKey(id));
        Files.deleteIfExists(place(id).resolve(SIGNER));
        for (Path file : earlierFiles(id)) {
            Files.deleteIfExists(file);
        }
    }

    /** Encrypts keys that are not yet, if there is a passphrase; {@return how many files were changed} */
    int encryptKeys(List<Root> roots) throws IOException {
        int changed = 0;
        for (Root root : roots) {
            List<Path> keys = new ArrayList<>(earlierFiles(root.id()));
            keys.add(rootKey(root.id()));
            keys.add(place(root.id()).resolve(SIGNER));
            for (Path file : cipher.encrypts() ? keys : List.<Path>of()) {
                if (Files.exists(file) && !KeyCipher.encrypted(SecretFiles.read(file))) {
                    String text = SecretFiles.read(file);
                    SecretFiles.write(file, cipher.encode(cipher.decode(text, file)) + Pem.encode(certificates(file)));
                    changed++;
                }
            }
        }
        return changed;
    }

    private List<Path> earlierFiles(String id) throws IOException {
        if (!Files.isDirectory(earlier(id))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(earlier(id))) {
            return files.toList();
        }
    }

    private Path place(String id) {
        return directory.resolve("roots").resolve(id);
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return Pem.certificates(Files.readString(file));
        } catch (CertificateException e) {
            throw new IOException(file + " holds no PEM certificates: " + e.getMessage(), e);
        }
    }
}
