package io.inmesh.server.ca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The authority's directory as it was while there was one root only: {@code root.crt}, {@code root.key}, {@code intermediate.crt} and
 * {@code intermediate.key}, side by side. An authority that is found like this goes on with the same root, or a whole mesh would have to join
 * anew.
 */
final class EarlierLayout {

    private final Path directory;
    private final KeyCipher cipher;

    EarlierLayout(Path directory, KeyCipher cipher) {
        this.directory = directory;
        this.cipher = cipher;
    }

    /** {@return what there is, empty if the directory was never like this} */
    Optional<SigningMaterial> read() throws IOException {
        List<X509Certificate> root = certificates("root");
        if (root.isEmpty()) {
            return Optional.empty();
        }
        List<X509Certificate> chain = certificates("intermediate");
        PrivateKey key = key("intermediate");
        Signer signer = chain.isEmpty() || key == null ? null : new Signer(chain, key);
        return Optional.of(new SigningMaterial(root.get(0), key("root"), signer));
    }

    /** Removes the files, once what they held is elsewhere: keys must not lie about twice. */
    void remove() throws IOException {
        for (String name : List.of("root.key", "intermediate.key", "root.crt", "intermediate.crt")) {
            Files.deleteIfExists(directory.resolve(name));
        }
    }

    private List<X509Certificate> certificates(String name) throws IOException {
        Path file = directory.resolve(name + ".crt");
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return Pem.certificates(Files.readString(file));
        } catch (CertificateException e) {
            throw new IOException(file + " is no PEM certificate: " + e.getMessage(), e);
        }
    }

    private @Nullable PrivateKey key(String name) throws IOException {
        Path file = directory.resolve(name + ".key");
        return Files.exists(file) ? cipher.decode(SecretFiles.read(file), file) : null;
    }
}
