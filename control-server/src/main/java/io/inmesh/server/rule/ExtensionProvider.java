package io.inmesh.server.rule;

import java.time.Duration;
import java.util.Objects;

/**
 * An external authorizer that speaks gRPC, which policies with {@code action: CUSTOM} refer to by its name. Source: Istio {@code
 * MeshConfig.ExtensionProvider.envoyExtAuthzGrpc}.
 *
 * @param name unique among all
 * @param host full name of the service that answers
 * @param port its port
 * @param timeout how long an answer is waited for
 * @param failOpen whether requests go on where there is no answer
 * @param statusOnError HTTP status of their refusal where they do not
 */
public record ExtensionProvider(
        String name, String host, int port, Duration timeout, boolean failOpen, int statusOnError) {
    /** Checks that nothing is missing. */
    public ExtensionProvider {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(timeout, "timeout");
    }
}
