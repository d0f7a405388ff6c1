package io.inmesh.server.explain;

/**
 * What a server knows of the connection a request comes over.
 *
 * @param principal the caller's SPIFFE id; empty over plaintext
 * @param sourceAddress IP address of the caller; empty if not known
 * @param destinationAddress IP address called; empty if not known
 * @param destinationPort port called, on the workload
 * @param serverName TLS server name; empty if none
 */
public record Connection(
        String principal, String sourceAddress, String destinationAddress, int destinationPort, String serverName) {}
