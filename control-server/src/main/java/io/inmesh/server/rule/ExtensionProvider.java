package io.inmesh.server.rule;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * An external authorizer, which policies with {@code action: CUSTOM} refer to by its name. Source: Istio {@code
 * MeshConfig.ExtensionProvider.envoyExtAuthzGrpc} and {@code envoyExtAuthzHttp}.
 *
 * @param name unique among all
 * @param host full name of the service that answers
 * @param port its port
 * @param timeout how long an answer is waited for
 * @param failOpen whether requests go on where there is no answer
 * @param statusOnError HTTP status of their refusal where they do not
 * @param http how it is asked by HTTP, null if it speaks gRPC
 */
public record ExtensionProvider(
        String name,
        String host,
        int port,
        Duration timeout,
        boolean failOpen,
        int statusOnError,
        @Nullable Http http) {
    /** Checks that nothing is missing. */
    public ExtensionProvider {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(timeout, "timeout");
    }

    /** One that speaks gRPC. */
    public ExtensionProvider(
            String name, String host, int port, Duration timeout, boolean failOpen, int statusOnError) {
        this(name, host, port, timeout, failOpen, statusOnError, null);
    }

    /**
     * How an authorizer is asked by HTTP. Lists of headers have names, beginnings ({@code abc*}) and ends ({@code *abc}).
     *
     * @param pathPrefix put before the path; empty for none
     * @param sent headers of the request that it is sent
     * @param added headers that it is sent besides
     * @param shown headers of its approval that the application sees
     * @param deniedWith headers of its denial that the caller gets; all if empty
     * @param answeredWith headers of its approval that the caller gets
     */
    public record Http(
            String pathPrefix,
            List<String> sent,
            SortedMap<String, String> added,
            List<String> shown,
            List<String> deniedWith,
            List<String> answeredWith) {
        /** Copies the lists. */
        public Http {
            sent = List.copyOf(sent);
            shown = List.copyOf(shown);
            deniedWith = List.copyOf(deniedWith);
            answeredWith = List.copyOf(answeredWith);
        }
    }
}
