package io.inmesh.server.rule;

/** What a workload accepts on its inbound side. */
public enum MtlsMode {
    /** Plaintext only. */
    DISABLE,
    /** Mutual TLS and plaintext on one port; the default. */
    PERMISSIVE,
    /** Mutual TLS only. */
    STRICT;

    /** Reads {@code mtls.mode}; absent, UNSET or unknown gives {@code inherited}. */
    static MtlsMode read(Field mode, MtlsMode inherited) {
        return switch (mode.text()) {
            case "DISABLE" -> DISABLE;
            case "PERMISSIVE" -> PERMISSIVE;
            case "STRICT" -> STRICT;
            default -> inherited;
        };
    }
}
