package io.inmesh.client;

import io.inmesh.client.identity.Certificates;
import io.inmesh.client.identity.RootPins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What lets a process ask for its first certificate, and tells it which control plane to believe: not even the first connection trusts
 * just anybody.
 *
 * <p>A join token, {@code inmesh.<id>.<secret>.<base64url of the SHA-256 of the root certificate>}, does both. A token of Kubernetes or
 * of another issuer names no root, so it needs a file with the mesh's roots beside it.
 *
 * @param bearer gives the token, as sent; a secret
 * @param roots whose control servers are believed
 */
record Credential(Bearer bearer, RootPins roots) {

    /** Gives a token each time one is needed: others than join tokens live for an hour, and their file is written anew. */
    @FunctionalInterface
    interface Bearer {
        /** {@return the token} */
        String read() throws IOException;
    }

    /**
     * {@return a credential from files}
     *
     * @param file with the token, read anew at each use
     * @param caFile with the mesh's root certificates in PEM; null if the token is a join token, whose pin it would replace
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if they do not hold what they should; the message does not contain the token
     */
    static Credential read(Path file, @Nullable Path caFile) throws IOException {
        String token = token(file);
        if (caFile != null) {
            return new Credential(() -> token(file), RootPins.of(certificates(caFile)));
        }
        if (token.startsWith("inmesh.")) {
            return new Credential(() -> token(file), RootPins.of(pin(token)));
        }
        throw new IllegalArgumentException("this is not a join token (inmesh.<id>.<secret>.<root>); make one with:"
                + " meshctl token create. A token of Kubernetes or of another issuer names no root: put the mesh's"
                + " root certificates into a file and set INMESH_CA_FILE to it");
    }

    private static String token(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            List<X509Certificate> certificates = Certificates.parse(Files.readString(file));
            if (!certificates.isEmpty()) {
                return certificates;
            }
        } catch (CertificateException e) {
            throw new IllegalArgumentException("INMESH_CA_FILE " + file + " is not PEM: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("INMESH_CA_FILE " + file + " holds no certificate");
    }

    private static byte[] pin(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 4 || parts[1].isEmpty() || parts[2].isEmpty()) {
            throw new IllegalArgumentException(
                    "this is not a join token (inmesh.<id>.<secret>.<root>); make one with: meshctl token create");
        }
        byte[] hash;
        try {
            hash = Base64.getUrlDecoder().decode(parts[3]);
        } catch (IllegalArgumentException notBase64) {
            throw new IllegalArgumentException("the root part of the join token is not base64url", notBase64);
        }
        if (hash.length != 32) {
            throw new IllegalArgumentException("the root part of the join token is not a SHA-256 hash");
        }
        return hash;
    }

    /** {@return a description without the secret} */
    @Override
    public String toString() {
        return "Credential[" + roots + "]";
    }
}
