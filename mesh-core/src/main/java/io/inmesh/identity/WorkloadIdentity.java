package io.inmesh.identity;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;

/**
 * Who this process is, with the proof: an X.509-SVID and its private key. The key never appears in text.
 *
 * @param id SPIFFE id; equal to the only URI name of the leaf
 * @param key private key of the leaf
 * @param chain leaf first, then intermediates; a root at the end is allowed and ignored
 */
public record WorkloadIdentity(SpiffeId id, PrivateKey key, List<X509Certificate> chain) {

    /** Copies the chain and checks that nothing is missing. */
    public WorkloadIdentity {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(key, "key");
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("identity " + id + " has no certificate");
        }
    }

    /** {@return the certificate that names this process} */
    public X509Certificate leaf() {
        return chain.get(0);
    }

    /** {@return wall-clock time in milliseconds since 1970 UTC at which the leaf stops being valid} */
    public long expiresAtMillis() {
        return leaf().getNotAfter().getTime();
    }

    /** {@return the id and validity, never the key} */
    @Override
    public String toString() {
        return "WorkloadIdentity[" + id + ", serial " + leaf().getSerialNumber().toString(16) + ", expires "
                + leaf().getNotAfter().toInstant() + "]";
    }
}
