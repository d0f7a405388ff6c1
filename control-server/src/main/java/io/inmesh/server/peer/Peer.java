package io.inmesh.server.peer;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.inmesh.server.peer.rpc.PeersGrpc;
import io.inmesh.server.peer.rpc.PeersGrpc.PeersStub;
import io.inmesh.server.replica.Replica;
import io.inmesh.server.time.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.IntConsumer;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** One other control server, and the connection to it. */
final class Peer implements AutoCloseable {

    /** A server that has not answered a ping this long after it was sent is taken to be away. */
    private static final long KEEP_ALIVE_SECONDS = 10;

    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;
    private static final int MOST_BYTES = 64 << 20;

    private final Replica replica;
    private final ManagedChannel channel;
    private final ReportLink link;

    /**
     * Proves who one is, and who the other has to be.
     *
     * @param key this server's certificate
     * @param trust takes control servers of this mesh for what they are, and nobody else
     */
    record Credentials(X509ExtendedKeyManager key, X509ExtendedTrustManager trust) {}

    /**
     * Connects.
     *
     * @throws IllegalArgumentException if the server's address is none
     */
    Peer(
            Replica replica,
            Credentials credentials,
            ReportQueue queue,
            Timer timer,
            DoubleSupplier chance,
            IntConsumer dropped) {
        this.replica = replica;
        this.channel = Grpc.newChannelBuilder(
                        "dns:///" + replica.grpc(),
                        TlsChannelCredentials.newBuilder()
                                .keyManager(credentials.key())
                                .trustManager(credentials.trust())
                                .build())
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .maxInboundMessageSize(MOST_BYTES)
                .disableServiceConfigLookUp()
                .disableRetry()
                .build();
        this.link = new ReportLink(
                replica.name() + " at " + replica.grpc(),
                answers -> {
                    // When to try again is decided here and not by how long the channel has been without success.
                    channel.resetConnectBackoff();
                    return PeersGrpc.newStub(channel).passOn(answers);
                },
                queue,
                timer,
                chance,
                dropped);
        link.open();
    }

    /** {@return how it described itself when it was first seen} */
    Replica replica() {
        return replica;
    }

    /** {@return what tells it of reports} */
    ReportLink link() {
        return link;
    }

    /** {@return what asks it} */
    PeersStub stub() {
        return PeersGrpc.newStub(channel);
    }

    @Override
    public void close() {
        link.close();
        channel.shutdownNow();
    }
}
