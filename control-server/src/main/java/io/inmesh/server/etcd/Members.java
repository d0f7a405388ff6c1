package io.inmesh.server.etcd;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A channel to each member, and the one to ask now. Changing members is up to the callers: a member that answers but has lost the others is
 * as useless as one that does not answer, and gRPC's own choice among addresses cannot tell.
 */
final class Members implements AutoCloseable {

    /** A member that has not answered a ping this long after it was sent is given up. */
    private static final long KEEP_ALIVE_SECONDS = 10;

    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;
    private static final int MOST_BYTES = 64 << 20;

    private final List<Member> members = new ArrayList<>();
    private final AtomicInteger current = new AtomicInteger();

    /**
     * One of them.
     *
     * @param endpoint its client URL
     * @param channel to it
     */
    record Member(URI endpoint, ManagedChannel channel) {}

    /**
     * Connects to nobody yet.
     *
     * @throws IOException if a file of certificates cannot be used
     */
    Members(EtcdSettings settings) throws IOException {
        ChannelCredentials credentials = credentials(settings);
        List<URI> order = new ArrayList<>(settings.endpoints());
        // So that not all servers ask the first member.
        Collections.shuffle(order);
        for (URI endpoint : order) {
            members.add(new Member(
                    endpoint,
                    channel(endpoint, credentials)
                            .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                            .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                            .maxInboundMessageSize(MOST_BYTES)
                            .disableServiceConfigLookUp()
                            .disableRetry()
                            .build()));
        }
    }

    private static ManagedChannelBuilder<?> channel(URI endpoint, ChannelCredentials credentials) throws IOException {
        try {
            return Grpc.newChannelBuilder(endpoint.getHost() + ":" + endpoint.getPort(), credentials);
        } catch (RuntimeException e) {
            // Files are looked into only now; the exception has no type of its own and tells of no field.
            throw new IOException(
                    "store.etcd: caCertificates, or certificate and key, cannot be used: " + e.getMessage()
                            + "; PEM is expected, keys in PKCS #8 without passphrase",
                    e);
        }
    }

    private static ChannelCredentials credentials(EtcdSettings settings) throws IOException {
        if (!settings.tls()) {
            return InsecureChannelCredentials.create();
        }
        TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
        try {
            if (settings.caCertificates() != null) {
                tls.trustManager(settings.caCertificates().toFile());
            }
            if (settings.certificate() != null && settings.key() != null) {
                tls.keyManager(settings.certificate().toFile(), settings.key().toFile());
            }
        } catch (IOException e) {
            throw new IOException(
                    "store.etcd: a file of certificates or keys cannot be read: " + e.getMessage()
                            + "; PEM is expected, keys in PKCS #8 without passphrase",
                    e);
        }
        return tls.build();
    }

    /** {@return the member to ask now} */
    Member current() {
        return members.get(Math.floorMod(current.get(), members.size()));
    }

    /** Has the next member asked from now on, if this one still is the one. */
    void leave(Member member) {
        int index = current.get();
        if (members.get(Math.floorMod(index, members.size())) == member) {
            current.compareAndSet(index, index + 1);
        }
        // Whom to ask, and when again, is decided here and not by how long a channel has been without success.
        current().channel().resetConnectBackoff();
    }

    @Override
    public void close() {
        members.forEach(member -> member.channel().shutdownNow());
        try {
            for (Member member : members) {
                member.channel().awaitTermination(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
