package io.inmesh.config;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What an external authorizer speaks. */
public sealed interface ExternalProtocol {

    /** Envoy's {@code envoy.service.auth.v3.Authorization}. */
    record Grpc() implements ExternalProtocol {}

    /**
     * HTTP: it is sent the request without its body, and lets it in by answering 200.
     *
     * <p>Source: Istio {@code MeshConfig.ExtensionProvider.envoyExtAuthzHttp}; Envoy {@code ext_authz.v3.HttpService}.
     *
     * @param pathPrefix put before the path; empty for none
     * @param sent headers of the request that it is sent, beside {@code host} and {@code authorization}
     * @param added headers it is sent besides, by lower case name, instead of those of the request
     * @param shown headers of its approval that the application sees, instead of those of the request
     * @param deniedWith headers of its denial that the caller gets; all of them if none is chosen
     * @param answeredWith headers of its approval that the caller gets beside those of the application
     */
    record Http(
            String pathPrefix,
            HeaderNames sent,
            List<Map.Entry<String, String>> added,
            HeaderNames shown,
            HeaderNames deniedWith,
            HeaderNames answeredWith)
            implements ExternalProtocol {

        /** Sends and takes over nothing but what is always sent. */
        public static final Http PLAIN =
                new Http("", HeaderNames.NONE, List.of(), HeaderNames.NONE, HeaderNames.NONE, HeaderNames.NONE);

        /** Copies the list. */
        public Http {
            Objects.requireNonNull(pathPrefix, "pathPrefix");
            Objects.requireNonNull(sent, "sent");
            added = List.copyOf(added);
            Objects.requireNonNull(shown, "shown");
            Objects.requireNonNull(deniedWith, "deniedWith");
            Objects.requireNonNull(answeredWith, "answeredWith");
        }
    }
}
