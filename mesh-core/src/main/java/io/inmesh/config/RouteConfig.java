package io.inmesh.config;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a virtual host: which requests, and what becomes of them.
 *
 * <p>Source: Envoy {@code Route}; Istio {@code HTTPRoute}.
 *
 * @param name name for telemetry and {@code explain}; never a raw path
 * @param match which requests
 * @param action what becomes of them
 * @param timeout longest time of the whole call including retries and backoff, null for none (Istio's default)
 * @param retry retry policy
 * @param fault injected faults, null for none
 * @param rewrite path and authority changes, null for none
 * @param hashOn what of a call decides where it goes if its cluster hashes, in order
 * @param requestHeaders edits of what is sent
 * @param responseHeaders edits of what comes back
 * @param origin the resource that made this route, e.g. {@code VirtualService default/reviews}; empty if unknown
 */
public record RouteConfig(
        String name,
        RouteMatch match,
        RouteAction action,
        @Nullable Duration timeout,
        RetryConfig retry,
        @Nullable FaultConfig fault,
        @Nullable RewriteConfig rewrite,
        List<HashKeyConfig> hashOn,
        HeaderEditsConfig requestHeaders,
        HeaderEditsConfig responseHeaders,
        String origin) {

    /** Copies the list and checks that nothing is missing. */
    public RouteConfig {
        hashOn = List.copyOf(hashOn);
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(match, "match");
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(retry, "retry");
    }

    /** {@return a route of every request to one cluster, with default retries} */
    public static RouteConfig to(String cluster) {
        return of("default", RouteMatch.ANY, RouteAction.to(cluster));
    }

    /** {@return a route with default retries and no timeout} */
    public static RouteConfig of(String name, RouteMatch match, RouteAction action) {
        return new RouteConfig(
                name,
                match,
                action,
                null,
                RetryConfig.DEFAULT,
                null,
                null,
                List.of(),
                HeaderEditsConfig.NONE,
                HeaderEditsConfig.NONE,
                "");
    }

    /** {@return this route with a whole-call timeout, null for none} */
    public RouteConfig withTimeout(@Nullable Duration timeout) {
        Copy copy = new Copy(this);
        copy.timeout = timeout;
        return copy.toConfig();
    }

    /** {@return this route with another retry policy} */
    public RouteConfig withRetry(RetryConfig retry) {
        Copy copy = new Copy(this);
        copy.retry = retry;
        return copy.toConfig();
    }

    /** {@return this route with injected faults, null for none} */
    public RouteConfig withFault(@Nullable FaultConfig fault) {
        Copy copy = new Copy(this);
        copy.fault = fault;
        return copy.toConfig();
    }

    /** {@return this route with a rewrite, null for none} */
    public RouteConfig withRewrite(@Nullable RewriteConfig rewrite) {
        Copy copy = new Copy(this);
        copy.rewrite = rewrite;
        return copy.toConfig();
    }

    /** {@return this route with keys for hashing clusters} */
    public RouteConfig withHashOn(List<HashKeyConfig> keys) {
        Copy copy = new Copy(this);
        copy.hashOn = keys;
        return copy.toConfig();
    }

    /** {@return this route with header edits} */
    public RouteConfig withHeaders(HeaderEditsConfig request, HeaderEditsConfig response) {
        Copy copy = new Copy(this);
        copy.requestHeaders = request;
        copy.responseHeaders = response;
        return copy.toConfig();
    }

    /** {@return this route with the name of the resource that made it} */
    public RouteConfig withOrigin(String origin) {
        Copy copy = new Copy(this);
        copy.origin = origin;
        return copy.toConfig();
    }

    /** The one place that lists all components, so that a new one is added here and nowhere else. */
    private static final class Copy {
        private final String name;
        private final RouteMatch match;
        private final RouteAction action;
        private @Nullable Duration timeout;
        private RetryConfig retry;
        private @Nullable FaultConfig fault;
        private @Nullable RewriteConfig rewrite;
        private List<HashKeyConfig> hashOn;
        private HeaderEditsConfig requestHeaders;
        private HeaderEditsConfig responseHeaders;
        private String origin;

        Copy(RouteConfig from) {
            name = from.name;
            match = from.match;
            action = from.action;
            timeout = from.timeout;
            retry = from.retry;
            fault = from.fault;
            rewrite = from.rewrite;
            hashOn = from.hashOn;
            requestHeaders = from.requestHeaders;
            responseHeaders = from.responseHeaders;
            origin = from.origin;
        }

        RouteConfig toConfig() {
            return new RouteConfig(
                    name,
                    match,
                    action,
                    timeout,
                    retry,
                    fault,
                    rewrite,
                    hashOn,
                    requestHeaders,
                    responseHeaders,
                    origin);
        }
    }
}
