package io.inmesh.server.ca;

import io.inmesh.server.ca.Certificates.Issuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * The authority's keys and certificates in one directory (0700): {@code root.crt}, {@code root.key}, {@code intermediate.crt}, {@code
 * intermediate.key}. Keys are not encrypted, only protected by their permissions (0600); {@code root.key} may be kept elsewhere and is
 * needed only to renew the intermediate.
 */
final class AuthorityFiles {
    private final Path directory;

    AuthorityFiles(Path directory) throws IOException {
        SecretFiles.createDirectory(directory);
        this.directory = directory;
    }

    Path rootKey() {
        return directory.resolve("root.key");
    }

    /** The root certificate; empty on the very first start. */
    Optional<X509Certificate> rootCertificate() throws IOException {
        return certificate("root.crt");
    }

    /** The root with its key; empty if the key is kept elsewhere. */
    Optional<Issuer> root() throws IOException {
        return issuer("root.crt", "root.key");
    }

    /** The intermediate with its key; empty if there is none yet. */
    Optional<Issuer> intermediate() throws IOException {
        return issuer("intermediate.crt", "intermediate.key");
    }

    void storeRoot(KeyPair key, X509Certificate certificate) throws IOException {
        store("root", key, certificate);
    }

    void storeIntermediate(KeyPair key, X509Certificate certificate) throws IOException {
        store("intermediate", key, certificate);
    }

    /** Key first: a certificate whose key is missing would look like an authority that lost its key. */
    private void store(String name, KeyPair key, X509Certificate certificate) throws IOException {
        SecretFiles.write(directory.resolve(name + ".key"), Pem.encode(key.getPrivate()));
        SecretFiles.write(directory.resolve(name + ".crt"), Pem.encode(certificate));
    }

    private Optional<Issuer> issuer(String certificateName, String keyName) throws IOException {
        Optional<X509Certificate> certificate = certificate(certificateName);
        Path key = directory.resolve(keyName);
        if (certificate.isEmpty() || !Files.exists(key)) {
            return Optional.empty();
        }
        return Optional.of(new Issuer(certificate.get(), Pem.privateKey(SecretFiles.read(key))));
    }

    private Optional<X509Certificate> certificate(String name) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Pem.certificates(Files.readString(file)).stream().findFirst();
        } catch (CertificateException e) {
            throw new IOException(file + " is no PEM certificate: " + e.getMessage(), e);
        }
    }
}
