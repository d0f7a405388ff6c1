package io.inmesh.server.limit;

import io.inmesh.server.settings.Section;
import java.time.Duration;

/**
 * What the gRPC listeners take: section {@code limits} of the settings file.
 *
 * @param connections connections at once, over all callers; default 20000
 * @param connectionsPerAddress connections at once from one IP address; default 2000
 * @param callsPerConnection calls at once on one connection; default 100
 * @param callsWithoutCertificate calls at once, over all callers, of those who show no certificate; default 64
 * @param messageBytes largest request, uncompressed; default 8 MiB: a subscription to 20000 names with versions is about 3 MiB
 * @param metadataBytes largest header block of a call, as HTTP/2 counts it; default 16 KiB
 * @param nodeBytes largest description a client gives of itself; default 64 KiB
 * @param namesPerType names that one stream may subscribe to of one type; default 100000
 * @param resets streams that a client may cancel, and such that it may make the server cancel, in 30 seconds; default 200
 * @param certificatesPerIdentity certificates a second for one identity in the long run, ten times that at once; default 100
 * @param certificatesPerAddress requests a second for a first certificate from one IP address, likewise; default 50
 * @param handshake how long a connection may take until it is ready for calls; default 10 s
 * @param idle how long a connection may be without any call; default 5 min
 * @param callWithoutCertificate how long a call of those who show no certificate may take; default 10 s
 * @param slowReader how long a client may leave unread what it was sent; default 2 min
 * @param streamsPerSecond discovery streams admitted a second in the long run, twice that at once; default 500
 * @param connectionAge how long a connection lasts, a tenth more or less, since it is only as good as the certificate it was opened with,
 *     and so that clients spread over servers that came later; default 30 min
 */
public record Limits(
        int connections,
        int connectionsPerAddress,
        int callsPerConnection,
        int callsWithoutCertificate,
        int messageBytes,
        int metadataBytes,
        int nodeBytes,
        int namesPerType,
        int resets,
        int certificatesPerIdentity,
        int certificatesPerAddress,
        Duration handshake,
        Duration idle,
        Duration callWithoutCertificate,
        Duration slowReader,
        int streamsPerSecond,
        Duration connectionAge) {

    /** Seconds in which {@link #resets} are counted. */
    static final int RESET_WINDOW_SECONDS = 30;

    /** The limits of a server that says nothing about them. */
    public static final Limits DEFAULT = new Limits(
            20_000,
            2_000,
            100,
            64,
            8 << 20,
            16 << 10,
            64 << 10,
            100_000,
            200,
            100,
            50,
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Duration.ofSeconds(10),
            Duration.ofMinutes(2),
            500,
            Duration.ofMinutes(30));

    private static final int MILLION = 1_000_000;
    private static final int MAX_BYTES = 256 << 20;

    /** {@return the section's limits, the defaults for those it does not name} */
    public static Limits read(Section section) {
        return new Limits(
                section.number("connections", DEFAULT.connections, 1, MILLION),
                section.number("connectionsPerAddress", DEFAULT.connectionsPerAddress, 1, MILLION),
                section.number("callsPerConnection", DEFAULT.callsPerConnection, 3, MILLION),
                section.number("callsWithoutCertificate", DEFAULT.callsWithoutCertificate, 1, MILLION),
                section.number("messageBytes", DEFAULT.messageBytes, 64 << 10, MAX_BYTES),
                section.number("metadataBytes", DEFAULT.metadataBytes, 4 << 10, 1 << 20),
                section.number("nodeBytes", DEFAULT.nodeBytes, 4 << 10, MAX_BYTES),
                section.number("namesPerType", DEFAULT.namesPerType, 1, MILLION),
                section.number("resets", DEFAULT.resets, 1, MILLION),
                section.number("certificatesPerIdentity", DEFAULT.certificatesPerIdentity, 1, MILLION),
                section.number("certificatesPerAddress", DEFAULT.certificatesPerAddress, 1, MILLION),
                section.duration("handshake", DEFAULT.handshake),
                section.duration("idle", DEFAULT.idle),
                section.duration("callWithoutCertificate", DEFAULT.callWithoutCertificate),
                section.duration("slowReader", DEFAULT.slowReader),
                section.number("streamsPerSecond", DEFAULT.streamsPerSecond, 1, MILLION),
                section.duration("connectionAge", DEFAULT.connectionAge));
    }
}
