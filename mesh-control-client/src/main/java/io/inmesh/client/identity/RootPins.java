package io.inmesh.client.identity;

import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Roots that are known before anybody has been talked to.
 *
 * @param sha256 hashes of their DER forms, in hexadecimal digits; not secret
 */
public record RootPins(Set<String> sha256) {

    /** Copies the set. */
    public RootPins {
        sha256 = Set.copyOf(sha256);
    }

    /** {@return the root with this hash} */
    public static RootPins of(byte[] hash) {
        return new RootPins(Set.of(HexFormat.of().formatHex(hash)));
    }

    /** {@return these roots} */
    public static RootPins of(Collection<X509Certificate> roots) {
        return new RootPins(roots.stream().map(RootPins::hash).collect(Collectors.toSet()));
    }

    /** {@return whether a certificate is one of the roots} */
    public boolean contains(X509Certificate certificate) {
        return sha256.contains(hash(certificate));
    }

    private static String hash(X509Certificate certificate) {
        return HexFormat.of().formatHex(Chains.sha256(certificate));
    }
}
