package io.inmesh.identity;

import java.util.List;

/**
 * The oldest version of TLS that a process speaks with others in its mesh.
 *
 * <p>TLS 1.2 is for peers that cannot do better, and with it come the suites of RFC 9325, section 4.2, that HTTP/2 allows too (RFC 9113,
 * appendix A): ephemeral keys and authenticated encryption, nothing else.
 */
public enum TlsVersion {
    /** From TLS 1.2 on; two peers that both know TLS 1.3 still use that. */
    TLS_1_2(
            List.of("TLSv1.3", "TLSv1.2"),
            List.of(
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256")),

    /** TLS 1.3 only. The default. */
    TLS_1_3(
            List.of("TLSv1.3"),
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"));

    private final List<String> protocols;
    private final List<String> cipherSuites;

    TlsVersion(List<String> protocols, List<String> cipherSuites) {
        this.protocols = protocols;
        this.cipherSuites = cipherSuites;
    }

    /**
     * {@return the version of a setting}
     *
     * @param text {@code 1.2} or {@code 1.3}
     * @throws IllegalArgumentException if it is anything else
     */
    public static TlsVersion of(String text) {
        return switch (text) {
            case "1.2" -> TLS_1_2;
            case "1.3" -> TLS_1_3;
            default ->
                throw new IllegalArgumentException("INMESH_TLS_MIN_VERSION is \"" + text
                        + "\"; write 1.3, or 1.2 for peers" + " that know nothing newer");
        };
    }

    /** {@return names of the versions from this one on, newest first, as the JDK calls them} */
    public List<String> protocols() {
        return protocols;
    }

    /** {@return names of the cipher suites to use, best first, as the JDK calls them} */
    public List<String> cipherSuites() {
        return cipherSuites;
    }
}
