package io.inmesh.client;

import io.inmesh.client.identity.CertificateFiles;
import io.inmesh.client.translate.TlsFiles;
import io.inmesh.client.translate.TlsFiles.Source;
import io.inmesh.config.TlsCredentials;
import io.inmesh.identity.Keys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what {@link TlsFiles} names. Every message says which file, which field and of which resource. */
final class TlsFileReader {

    /** Far more than any chain, and little enough to be read at once. */
    private static final int MOST_BYTES = 1 << 20;

    private final TlsFiles files;
    private final byte @Nullable [] roots;
    private final byte @Nullable [] revocations;
    private final byte @Nullable [] chain;
    private final byte @Nullable [] key;

    /**
     * Reads the bytes of all files.
     *
     * @throws IOException if one of them cannot be read
     */
    TlsFileReader(TlsFiles files) throws IOException {
        this.files = files;
        if (!files.impossible().isEmpty()) {
            throw new IOException(files.resource() + ": " + files.impossible());
        }
        roots = bytes(files.roots());
        revocations = bytes(files.revocations());
        chain = bytes(files.chain());
        key = bytes(files.key());
    }

    /** {@return something that is another one when one of the files is; tells nothing about them} */
    String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte @Nullable [] bytes : new byte @Nullable [][] {roots, revocations, chain, key}) {
                digest.update((bytes == null ? "-" : bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
                if (bytes != null) {
                    digest.update(bytes);
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no SHA-256", e);
        }
    }

    /**
     * {@return what the files hold}
     *
     * @throws IOException if something is wrong with one of them
     */
    TlsCredentials credentials() throws IOException {
        Set<X509Certificate> trusted = roots == null
                ? CertificateFiles.systemRoots()
                : new LinkedHashSet<>(of(files.roots(), roots, CertificateFiles::certificates));
        List<X509CRL> lists = revocations == null
                ? List.of()
                : of(files.revocations(), revocations, CertificateFiles::revocationLists);
        if (chain == null || key == null) {
            return new TlsCredentials(trusted, lists, files.leafRevocationOnly(), List.of(), null);
        }
        List<X509Certificate> own = of(files.chain(), chain, CertificateFiles::certificates);
        PrivateKey ownKey = of(files.key(), key, CertificateFiles::privateKey);
        of(files.key(), own.get(0), leaf -> fitting(leaf, ownKey));
        return new TlsCredentials(trusted, lists, files.leafRevocationOnly(), own, ownKey);
    }

    private static boolean fitting(X509Certificate leaf, PrivateKey key) throws IOException {
        String problem =
                "is not the key of the certificate in clientCertificate; use files of one issuance, leaf first";
        try {
            if (!Keys.belongTogether(key, leaf)) {
                throw new IOException(problem);
            }
            return true;
        } catch (GeneralSecurityException e) {
            throw new IOException(problem, e);
        }
    }

    private interface Reading<F, T> {
        T read(F from) throws IOException;
    }

    private <F, T> T of(@Nullable Source source, F from, Reading<F, T> reading) throws IOException {
        try {
            return reading.read(from);
        } catch (IOException e) {
            throw new IOException(files.resource() + ": " + source + " " + e.getMessage(), e);
        }
    }

    private byte @Nullable [] bytes(@Nullable Source source) throws IOException {
        if (source == null) {
            return null;
        }
        if (source.inline() != null) {
            return source.inline().getBytes(StandardCharsets.UTF_8);
        }
        String path = source.path() == null ? "" : source.path();
        return of(source, path, TlsFileReader::file);
    }

    private static byte[] file(String name) throws IOException {
        if (name.isEmpty()) {
            throw new IOException("is missing; name a file");
        }
        try {
            Path path = Path.of(name);
            // A pipe or a device could keep its reader waiting.
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new IOException("is not a regular file");
            }
            try (InputStream in = Files.newInputStream(path)) {
                byte[] bytes = in.readNBytes(MOST_BYTES + 1);
                if (bytes.length > MOST_BYTES) {
                    throw new IOException("is larger than " + MOST_BYTES + " bytes");
                }
                return bytes;
            }
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new IOException("does not exist on this machine; mount it, or correct the path", e);
        } catch (AccessDeniedException e) {
            throw new IOException("may not be read by this process; give it the permission", e);
        }
    }
}
