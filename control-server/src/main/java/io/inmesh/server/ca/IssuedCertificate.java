package io.inmesh.server.ca;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A new certificate and how to verify it.
 *
 * @param chain the leaf first, then the intermediate, the root last
 */
public record IssuedCertificate(List<X509Certificate> chain) {
    public IssuedCertificate {
        chain = List.copyOf(chain);
    }

    /** The certificate that was asked for. */
    public X509Certificate leaf() {
        return chain.get(0);
    }

    /** When it ends. */
    public Instant notAfter() {
        return leaf().getNotAfter().toInstant();
    }

    /** The leaf's serial number in hexadecimal digits. */
    public String serial() {
        return leaf().getSerialNumber().toString(16);
    }
}
