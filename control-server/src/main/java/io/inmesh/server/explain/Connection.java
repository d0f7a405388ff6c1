package io.inmesh.server.explain;

/**
 * What a server knows of the connection a request comes over.
 *
 * @param principal the caller's SPIFFE id; empty over plaintext
 * @param sourceAddress IP address of the caller; empty if not known
 * @param clientAddress IP address of whom the request is made for; empty if not known
 * @param destinationAddress IP address called; empty if not known
 * @param destinationPort port called, on the workload
 * @param serverName TLS server name; empty if none
 */
public record Connection(
        String principal,
        String sourceAddress,
        String clientAddress,
        String destinationAddress,
        int destinationPort,
        String serverName) {

    /** A connection whose caller is the client. */
    public Connection(
            String principal, String sourceAddress, String destinationAddress, int destinationPort, String serverName) {
        this(principal, sourceAddress, sourceAddress, destinationAddress, destinationPort, serverName);
    }

    /** The same, over which a request came that is made for somebody else. */
    Connection madeFor(String client) {
        return new Connection(principal, sourceAddress, client, destinationAddress, destinationPort, serverName);
    }
}
