package io.inmesh.config;

import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whom to believe, and what to present, where TLS has nothing to do with the mesh's own identities. The key never appears in text.
 *
 * @param roots certificates that may vouch for servers; empty trusts nobody
 * @param revocations lists of issuers (RFC 5280, section 5); if there is one, each certificate of a path needs its issuer's
 * @param leafRevocationOnly whether the list of the leaf's issuer is enough
 * @param chain own certificate, leaf first, with its intermediates; empty to present none
 * @param key private key of the leaf, null if there is none
 */
public record TlsCredentials(
        Set<X509Certificate> roots,
        List<X509CRL> revocations,
        boolean leafRevocationOnly,
        List<X509Certificate> chain,
        @Nullable PrivateKey key) {

    /** Copies the collections and checks that a certificate comes with a key. */
    public TlsCredentials {
        roots = Set.copyOf(roots);
        revocations = List.copyOf(revocations);
        chain = List.copyOf(chain);
        if (chain.isEmpty() != (key == null)) {
            throw new IllegalArgumentException("a certificate and its key go together");
        }
    }

    /** {@return credentials that trust these roots and present nothing} */
    public static TlsCredentials trusting(Set<X509Certificate> roots) {
        return new TlsCredentials(roots, List.of(), false, List.of(), null);
    }

    /** {@return how much there is of each, never the key} */
    @Override
    public String toString() {
        return "TlsCredentials[" + roots.size() + " roots, " + revocations.size() + " revocation lists"
                + (chain.isEmpty()
                        ? ""
                        : ", certificate of \""
                                + chain.get(0).getSubjectX500Principal().getName() + "\"")
                + "]";
    }
}
