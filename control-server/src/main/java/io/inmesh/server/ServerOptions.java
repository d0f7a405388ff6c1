package io.inmesh.server;

import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a control server runs.
 *
 * @param grpcAddress address that xDS, certificates and load reports are served on; default loopback
 * @param grpcPort its port, default 15012; 0 for any free one
 * @param httpAddress address that REST and metrics are served on; default loopback. Others take TLS and who may come in: {@code access}
 * @param httpPort port of REST and metrics, default 15014; 0 for any free one
 * @param plaintextPort port of discovery without TLS on loopback, for stock clients that cannot do the mesh's TLS; -1 for none
 * @param dataDir folder of the store and the certificate authority, default {@code ./inmesh-data}
 * @param configDir folder of YAML files to follow, null for none
 * @param trustDomain SPIFFE trust domain, default {@code inmesh.local}
 * @param settings what the settings file holds; {@link SettingsFile#none()} without one
 */
public record ServerOptions(
        String grpcAddress,
        int grpcPort,
        String httpAddress,
        int httpPort,
        int plaintextPort,
        Path dataDir,
        @Nullable Path configDir,
        String trustDomain,
        Section settings) {

    private static final int MAX_PORT = 65_535;

    /**
     * Checks the ports.
     *
     * @throws IllegalArgumentException if one is none; the message names its flag
     */
    public ServerOptions {
        check("--grpc-port", grpcPort, 0);
        check("--http-port", httpPort, 0);
        check("--xds-plaintext-port", plaintextPort, -1);
    }

    /** A server on loopback without settings file, discovery in plaintext or watched folder. */
    public static ServerOptions onLoopback(int grpcPort, int httpPort, Path dataDir) {
        return onLoopback(grpcPort, httpPort, dataDir, SettingsFile.none());
    }

    /** A server on loopback without discovery in plaintext or watched folder. */
    public static ServerOptions onLoopback(int grpcPort, int httpPort, Path dataDir, Section settings) {
        return new ServerOptions(
                "127.0.0.1", grpcPort, "127.0.0.1", httpPort, -1, dataDir, null, "inmesh.local", settings);
    }

    private static void check(String flag, int port, int least) {
        if (port < least || port > MAX_PORT) {
            throw new IllegalArgumentException(
                    flag + " " + port + " is no port; give one from 1 to " + MAX_PORT + ", or 0 for any that is free");
        }
    }
}
