package io.inmesh.client;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.inmesh.client.identity.ControlServerTrust;
import io.inmesh.client.identity.RootPins;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.ServerTls;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one connection of a process to a control server: discovery, certificates, load reports and questions share it, if the server takes as
 * many streams on a connection.
 */
final class Link {

    private static final int MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

    /** A server that has gone without a word is noticed after 20 s, where there is another one; control servers take a ping every 10 s. */
    private static final int KEEPALIVE_SECONDS = 12;

    /** Other xDS servers may take frequent pings for an attack. */
    private static final int KEEPALIVE_SECONDS_OF_ONE = 30;

    private static final int KEEPALIVE_TIMEOUT_SECONDS = 8;

    /** A name with several addresses is as good as several servers: one by chance, the others if it does not answer (gRFC A62). */
    private static final Map<String, ?> ANY_ADDRESS =
            Map.of("loadBalancingConfig", List.of(Map.of("pick_first", Map.of("shuffleAddressList", true))));

    private final Servers servers;
    private final boolean plaintext;
    private final IdentityHolder holder;
    private final @Nullable RootPins roots;
    private final Clock clock;
    private @Nullable ManagedChannel channel;
    private boolean presents;
    private volatile X509Certificate @Nullable [] serverChain;

    Link(
            ControlClientSettings settings,
            IdentityHolder holder,
            @Nullable RootPins roots,
            Clock clock,
            Randomness randomness) {
        this.servers = new Servers(
                settings.servers().stream().map(ServerAddress::parse).toList(), clock, randomness);
        this.plaintext = settings.plaintext();
        this.holder = holder;
        this.roots = roots;
        this.clock = clock;
    }

    /** {@return the server in use} */
    String server() {
        return servers.current().toString();
    }

    /** {@return whether there are others to turn to} */
    boolean several() {
        return servers.several();
    }

    /** {@return whether there is an identity to present that has not ended} */
    boolean identified() {
        IdentityEpoch epoch = holder.current();
        return epoch != null && epoch.identity().expiresAtMillis() > clock.epochMillis();
    }

    /** {@return whether the connection began with a certificate that has ended since} */
    boolean presentsEnded() {
        return channel != null && presents && !identified();
    }

    /** {@return whether there is a connection, and it shows a certificate} */
    boolean presents() {
        return channel != null && presents;
    }

    /** {@return whether the control server of this connection is trusted by the roots of now; true while there is none to judge} */
    boolean serverTrusted() {
        IdentityEpoch epoch = holder.current();
        X509Certificate[] chain = serverChain;
        return plaintext || channel == null || epoch == null || chain == null || epoch.accepts(chain);
    }

    /** {@return the channel, made if there is none} */
    ManagedChannel channel() {
        ManagedChannel existing = channel;
        if (existing != null) {
            return existing;
        }
        ManagedChannel fresh = connection(credentials());
        channel = fresh;
        return fresh;
    }

    /** {@return a connection of its own to the server in use, with the identity of now if there is one; the caller ends it} */
    ManagedChannel separate() {
        return connection(plaintext ? InsecureChannelCredentials.create() : credentials(identified(), chain -> {}));
    }

    /** {@return a connection of its own to the server in use, on which no certificate is shown; the caller ends it} */
    ManagedChannel anonymous() {
        return connection(plaintext ? InsecureChannelCredentials.create() : credentials(false, chain -> {}));
    }

    private ManagedChannel connection(ChannelCredentials credentials) {
        ServerAddress address = servers.current();
        return Grpc.newChannelBuilderForAddress(address.host(), address.port(), credentials)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .keepAliveTime(servers.several() ? KEEPALIVE_SECONDS : KEEPALIVE_SECONDS_OF_ONE, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .disableRetry()
                .defaultServiceConfig(ANY_ADDRESS)
                .build();
    }

    /** Gives the connection up and turns to another server, if there is one. */
    void next() {
        close();
        servers.turn();
    }

    private ChannelCredentials credentials() {
        if (plaintext) {
            return InsecureChannelCredentials.create();
        }
        serverChain = null;
        presents = identified();
        return credentials(presents, chain -> serverChain = chain);
    }

    private ChannelCredentials credentials(boolean presenting, Consumer<X509Certificate[]> server) {
        TlsChannelCredentials.Builder credentials =
                TlsChannelCredentials.newBuilder().trustManager(new ControlServerTrust(holder, roots, clock, server));
        if (presenting) {
            credentials.keyManager(ServerTls.keyManager(holder));
        }
        return credentials.build();
    }

    /** Gives the connection up, so that the next one is made with the identity of then. */
    void close() {
        ManagedChannel existing = channel;
        channel = null;
        if (existing != null) {
            existing.shutdownNow();
        }
    }
}
