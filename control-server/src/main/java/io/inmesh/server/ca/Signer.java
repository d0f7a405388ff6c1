package io.inmesh.server.ca;

import io.inmesh.server.ca.Certificates.Issuer;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * What signs workloads below a root.
 *
 * @param chain the signing certificate first, then the intermediates that lead from it to the root, without the root. At least one
 * @param key private key of the first one
 */
record Signer(List<X509Certificate> chain, PrivateKey key) {
    Signer {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a signer needs a certificate");
        }
    }

    X509Certificate certificate() {
        return chain.get(0);
    }

    Issuer issuer() {
        return new Issuer(certificate(), key);
    }

    /** When the first certificate of the chain ends: nothing that it signs holds any longer. */
    Instant notAfter() {
        return chain.stream()
                .map(c -> c.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** Leaves the key out. */
    @Override
    public String toString() {
        return "Signer[" + certificate().getSubjectX500Principal() + "]";
    }
}
