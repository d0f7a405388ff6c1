package io.inmesh.server;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a control server runs.
 *
 * @param grpcAddress address that xDS, certificates and load reports are served on; default loopback
 * @param grpcPort its port, default 15012; 0 for any free one
 * @param httpPort port of REST and metrics on loopback, default 15014; 0 for any free one
 * @param plaintextPort port of discovery without TLS on loopback, for stock clients that cannot do the mesh's TLS; -1 for none
 * @param dataDir folder of the store and the certificate authority, default {@code ./inmesh-data}
 * @param configDir folder of YAML files to follow, null for none
 * @param trustDomain SPIFFE trust domain, default {@code inmesh.local}
 */
public record ServerOptions(
        String grpcAddress,
        int grpcPort,
        int httpPort,
        int plaintextPort,
        Path dataDir,
        @Nullable Path configDir,
        String trustDomain) {}
