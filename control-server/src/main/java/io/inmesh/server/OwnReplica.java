package io.inmesh.server;

import io.inmesh.server.ca.TrustReport;
import io.inmesh.server.replica.Replica;
import io.inmesh.server.replica.ReplicaSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;

/** How this server describes itself to the others on its store. */
final class OwnReplica {

    private static final int ID_BYTES = 8;

    private final String id;
    private final ReplicaSettings settings;
    private final InetAddress grpc;
    private final InetAddress http;
    private final String version;
    private final Instant since;

    /** Of a server that has just been started. */
    OwnReplica(String id, ReplicaSettings settings, ServerOptions options, Instant since) throws IOException {
        this.id = id;
        this.settings = settings;
        this.grpc = InetAddress.getByName(options.grpcAddress());
        this.http = InetAddress.getByName(options.httpAddress());
        String built = OwnReplica.class.getPackage().getImplementationVersion();
        this.version = built == null ? "dev" : built;
        this.since = since;
    }

    /** {@return an id that no other server has, nor this one after a restart} */
    static String newId(SecureRandom random) {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** {@return the description, with what changes} */
    Replica at(int grpcPort, String httpUrl, int streams, byte[] root, TrustReport trust) {
        URI url = URI.create(httpUrl);
        return new Replica(
                id,
                settings.name(),
                settings.at(grpc, grpcPort),
                url.getScheme() + "://" + settings.at(http, url.getPort()),
                version,
                since.getEpochSecond(),
                HexFormat.of().formatHex(root),
                streams,
                trust);
    }
}
