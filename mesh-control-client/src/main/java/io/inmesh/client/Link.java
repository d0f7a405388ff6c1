package io.inmesh.client;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.inmesh.client.identity.ControlServerTrust;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.ServerTls;
import io.inmesh.time.Randomness;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The one connection of a process to a control server: discovery, certificates and load reports share it. */
final class Link {

    private static final int MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

    private final ControlClientSettings settings;
    private final IdentityHolder holder;
    private final byte @Nullable [] rootSha256;
    private int server;
    private @Nullable ManagedChannel channel;

    Link(ControlClientSettings settings, IdentityHolder holder, byte @Nullable [] rootSha256, Randomness randomness) {
        this.settings = settings;
        this.holder = holder;
        this.rootSha256 = rootSha256;
        // Spreads the clients over the servers.
        this.server = randomness.below(settings.servers().size());
    }

    /** {@return the server in use} */
    String server() {
        return settings.servers().get(server);
    }

    /** {@return the channel, made if there is none} */
    ManagedChannel channel() {
        ManagedChannel existing = channel;
        if (existing != null) {
            return existing;
        }
        ManagedChannel fresh = Grpc.newChannelBuilder(server(), credentials())
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .disableRetry()
                .build();
        channel = fresh;
        return fresh;
    }

    /** Gives the connection up and turns to the next server. */
    void next() {
        close();
        server = (server + 1) % settings.servers().size();
    }

    /** Gives the connection up, so that the next one is made with the identity of now. */
    void renew() {
        close();
    }

    private ChannelCredentials credentials() {
        if (settings.plaintext()) {
            return InsecureChannelCredentials.create();
        }
        TlsChannelCredentials.Builder credentials =
                TlsChannelCredentials.newBuilder().trustManager(new ControlServerTrust(holder, rootSha256));
        if (holder.current() != null) {
            credentials.keyManager(ServerTls.keyManager(holder));
        }
        return credentials.build();
    }

    void close() {
        ManagedChannel existing = channel;
        channel = null;
        if (existing != null) {
            existing.shutdownNow();
        }
    }
}
