package io.inmesh.external;

import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.identity.SpiffeId;
import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an external authorizer is asked.
 *
 * @param authorizer whom to ask
 * @param epochMillis wall-clock time at which the request came in, in milliseconds since 1970 UTC
 * @param wireProtocol {@code HTTP/1.1}, {@code HTTP/2} and so on; empty if unknown
 * @param method HTTP method
 * @param scheme {@code http} or {@code https}
 * @param host host and port, as the caller named them
 * @param path the canonical path that policies are tested on, percent-encoded anew, with the query as it came
 * @param headers what the caller sent, by lower case name, one entry per name: values of repeated headers are {@linkplain HeaderValues
 *     joined}, none is left out (CVE-2021-32777). Headers that claim an identity are not among them
 * @param peer the identity the peer proved, null without one
 * @param peerAddress address of the connection's peer, null if the transport has none
 * @param localAddress address the request came in on, null if the transport has none
 * @param localPort port the request came in on, 0 if unknown
 */
public record ExternalCheck(
        ExternalAuthorizerConfig authorizer,
        long epochMillis,
        String wireProtocol,
        String method,
        String scheme,
        String host,
        String path,
        Map<String, String> headers,
        @Nullable SpiffeId peer,
        @Nullable InetAddress peerAddress,
        @Nullable InetAddress localAddress,
        int localPort) {

    /** Copies the map. */
    public ExternalCheck {
        headers = Map.copyOf(headers);
    }
}
