package io.inmesh.server.ca;

import io.inmesh.server.ca.AuthoritySettings.Brought;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the files that the settings name: an intermediate made elsewhere, and roots. */
final class BroughtFiles {
    private BroughtFiles() {}

    /**
     * {@return what the settings name: the intermediate with its root first, then roots that are only trusted; empty if they name nothing}
     *
     * @throws IOException if a file cannot be read or others may read a key; the message names the file and the remedy
     */
    static List<SigningMaterial> read(AuthoritySettings settings) throws IOException {
        List<X509Certificate> roots = new ArrayList<>();
        for (Path file : settings.roots()) {
            roots.addAll(certificates(file));
        }
        List<SigningMaterial> all = new ArrayList<>();
        Brought brought = settings.brought();
        if (brought != null) {
            all.add(signing(brought, roots));
        }
        for (X509Certificate root : roots) {
            if (all.stream().noneMatch(known -> known.root().equals(root))) {
                all.add(new SigningMaterial(root, null, null));
            }
        }
        return all;
    }

    private static SigningMaterial signing(Brought brought, List<X509Certificate> roots) throws IOException {
        Path archive = brought.pkcs12();
        Path certificate = brought.certificate();
        Path keyFile = brought.key();
        if (archive != null) {
            return pkcs12(archive, password(brought.passwordFile()), roots);
        }
        if (certificate == null || keyFile == null) {
            throw new IllegalStateException("the settings are read so that there is either the one or the other");
        }
        char[] password = password(brought.passwordFile());
        KeyCipher cipher = password.length == 0 ? KeyCipher.NONE : KeyCipher.of(password, new SecureRandom());
        PrivateKey key = cipher.decode(secret(keyFile), keyFile);
        List<X509Certificate> all = new ArrayList<>(certificates(certificate));
        roots.stream().filter(root -> !all.contains(root)).forEach(all::add);
        return sort(used(all, key), key, certificate + " with " + keyFile);
    }

    private static SigningMaterial pkcs12(Path file, char[] password, List<X509Certificate> roots) throws IOException {
        try {
            SecretFiles.check(file);
        } catch (NoSuchFileException e) {
            throw absent(file, e);
        }
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            List<String> keys = new ArrayList<>();
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    keys.add(alias);
                }
            }
            if (keys.size() != 1) {
                throw new IOException(file + " holds " + keys.size() + " private keys; one is expected");
            }
            List<X509Certificate> all = new ArrayList<>();
            for (Certificate certificate : store.getCertificateChain(keys.get(0))) {
                all.add((X509Certificate) certificate);
            }
            for (String alias : Collections.list(store.aliases())) {
                if (store.isCertificateEntry(alias)) {
                    all.add((X509Certificate) store.getCertificate(alias));
                }
            }
            roots.stream().filter(root -> !all.contains(root)).forEach(all::add);
            PrivateKey key = (PrivateKey) store.getKey(keys.get(0), password);
            return sort(used(all, key), key, file);
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " cannot be read as PKCS #12: " + e.getMessage(), e);
        } catch (IOException e) {
            if (e.getCause() instanceof java.security.UnrecoverableKeyException) {
                throw new IOException(
                        file + " cannot be opened with the password in authority.intermediate.passwordFile", e);
            }
            throw e;
        }
    }

    private static SigningMaterial sort(List<X509Certificate> certificates, PrivateKey key, Object source)
            throws IOException {
        return SigningMaterial.sort(certificates, key, source);
    }

    /** Other roots to trust may stand in the same list. */
    private static List<X509Certificate> used(List<X509Certificate> all, PrivateKey key) {
        return all.stream()
                .filter(c -> !SigningMaterial.selfSigned(c)
                        || SigningMaterial.belongs(key, c.getPublicKey())
                        || all.stream()
                                .anyMatch(below -> !below.equals(c)
                                        && below.getIssuerX500Principal().equals(c.getSubjectX500Principal())))
                .toList();
    }

    private static char[] password(@Nullable Path file) throws IOException {
        return file == null
                ? new char[0]
                : secret(file).lines().findFirst().orElse("").toCharArray();
    }

    private static String secret(Path file) throws IOException {
        try {
            return SecretFiles.read(file);
        } catch (NoSuchFileException e) {
            throw absent(file, e);
        }
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            List<X509Certificate> found = Pem.certificates(Files.readString(file));
            if (found.isEmpty()) {
                throw new IOException(file + " holds no certificate (BEGIN CERTIFICATE)");
            }
            return found;
        } catch (NoSuchFileException e) {
            throw absent(file, e);
        } catch (CertificateException e) {
            throw new IOException(file + " holds no PEM certificates: " + e.getMessage(), e);
        }
    }

    private static IOException absent(Path file, NoSuchFileException cause) {
        return new IOException("there is no file " + file + "; correct section authority of the settings", cause);
    }
}
