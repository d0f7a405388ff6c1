package io.inmesh.client.translate;

import org.jspecify.annotations.Nullable;

/**
 * Where a process finds what it needs for TLS to servers outside the mesh.
 *
 * @param resource the resource that says so, in words
 * @param roots whom to believe, null for the roots this Java runtime comes with
 * @param revocations revocation lists, null for none
 * @param leafRevocationOnly whether the list of the leaf's issuer is enough
 * @param chain own certificate, null to present none
 * @param key its private key, null to present none
 * @param impossible why it cannot be had from files at all, empty if it can
 */
public record TlsFiles(
        String resource,
        @Nullable Source roots,
        @Nullable Source revocations,
        boolean leafRevocationOnly,
        @Nullable Source chain,
        @Nullable Source key,
        String impossible) {

    /**
     * One text in PEM form.
     *
     * @param field field of the resource
     * @param path file that holds it, null if the text is here
     * @param inline the text, null if a file holds it
     */
    public record Source(
            String field, @Nullable String path, @Nullable String inline) {

        /** {@return where it is, never what it is: it may be a key} */
        @Override
        public String toString() {
            return path == null || path.isEmpty() ? field : field + " " + path;
        }
    }
}
