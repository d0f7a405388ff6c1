package io.inmesh.config;

import java.util.List;
import java.util.Objects;

/**
 * What is asked of requests that come in.
 *
 * @param mtls whether a client certificate is needed
 * @param authorization policy sets in order of evaluation
 * @param origin the resource that decided {@code mtls}, empty if none
 */
public record InboundConfig(Mtls mtls, List<AuthorizationConfig> authorization, String origin) {

    /** Source: Istio {@code PeerAuthentication.MutualTLS.Mode}. */
    public enum Mtls {
        /** Plaintext only. */
        DISABLE,
        /** Both plaintext and mTLS. Istio's default. */
        PERMISSIVE,
        /** mTLS only. */
        STRICT
    }

    /** Permissive, nothing refused. */
    public static final InboundConfig OPEN = new InboundConfig(Mtls.PERMISSIVE, List.of(), "");

    /** Copies the list. */
    public InboundConfig {
        Objects.requireNonNull(mtls, "mtls");
        authorization = List.copyOf(authorization);
    }
}
