package io.inmesh.inbound;

import io.inmesh.tally.CallTally;
import java.util.List;
import java.util.Map;

/**
 * What one source sent to one port over one kind of connection.
 *
 * @param source SPIFFE id that the peer proved; without one its IP address, {@code unknown} without that, or {@code other} for
 *     sources beyond what is told apart
 * @param identified whether {@code source} is a SPIFFE id
 * @param secure whether the connection was TLS
 * @param port local port
 * @param requests requests since the report before
 * @param refused how many of them mutual TLS or an authorization policy refused
 * @param shadowDenied how many of them each policy in a dry run would have refused, by its name
 * @param counts what they came to
 */
public record SourceShare(
        String source,
        boolean identified,
        boolean secure,
        int port,
        long requests,
        long refused,
        Map<String, Long> shadowDenied,
        List<CallTally.Count> counts) {

    /** Copies the collections. */
    public SourceShare {
        shadowDenied = Map.copyOf(shadowDenied);
        counts = List.copyOf(counts);
    }

    /** A share that says nothing about what the requests came to. */
    public SourceShare(
            String source,
            boolean identified,
            boolean secure,
            int port,
            long requests,
            long refused,
            Map<String, Long> shadowDenied) {
        this(source, identified, secure, port, requests, refused, shadowDenied, List.of());
    }
}
