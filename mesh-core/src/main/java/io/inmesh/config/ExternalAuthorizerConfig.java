package io.inmesh.config;

import java.time.Duration;
import java.util.Objects;

/**
 * An external authorizer.
 *
 * <p>Source: Istio {@code MeshConfig.ExtensionProvider.envoyExtAuthzGrpc} and {@code envoyExtAuthzHttp}; Envoy {@code
 * ext_authz.v3.ExtAuthz}.
 *
 * @param name the provider's name, which policies refer to
 * @param host host of the service that answers; asking it is a call through the mesh
 * @param port its port
 * @param timeout how long an answer is waited for
 * @param failOpen whether a request goes on where no answer is to be had; otherwise it is refused
 * @param statusOnError HTTP status of that refusal, 403 as a rule
 * @param protocol what it speaks
 */
public record ExternalAuthorizerConfig(
        String name,
        String host,
        int port,
        Duration timeout,
        boolean failOpen,
        int statusOnError,
        ExternalProtocol protocol) {

    /** Status of a refusal for want of an answer where none is configured. */
    public static final int USUAL_STATUS_ON_ERROR = 403;

    /** Checks that nothing is missing. */
    public ExternalAuthorizerConfig {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(protocol, "protocol");
    }

    /** One that speaks gRPC. */
    public ExternalAuthorizerConfig(
            String name, String host, int port, Duration timeout, boolean failOpen, int statusOnError) {
        this(name, host, port, timeout, failOpen, statusOnError, new ExternalProtocol.Grpc());
    }

    /** {@return the same authorizer, speaking otherwise} */
    public ExternalAuthorizerConfig withProtocol(ExternalProtocol protocol) {
        return new ExternalAuthorizerConfig(name, host, port, timeout, failOpen, statusOnError, protocol);
    }
}
