package io.inmesh.server.etcd;

import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.inmesh.server.etcd.rpc.AuthGrpc;
import io.inmesh.server.etcd.rpc.AuthenticateRequest;
import io.inmesh.server.store.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The token that calls carry, got anew when etcd does not know it any more: after its own restart, or when it has not been used for long. */
final class Login {

    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    /** Has a member that has lost the others say so at once, instead of waiting for them. */
    private static final Metadata.Key<String> REQUIRE_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private final @Nullable String user;
    private final @Nullable Path passwordFile;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable String token;

    Login(EtcdSettings settings) {
        this.user = settings.user();
        this.passwordFile = settings.passwordFile();
    }

    /**
     * {@return what to send with a call}
     *
     * @param channel where to log in if need be
     * @param deadlineNanos how long that may take
     * @throws StatusRuntimeException if etcd cannot be asked, or says no
     */
    Metadata headers(Channel channel, long deadlineNanos) {
        Metadata headers = new Metadata();
        headers.put(REQUIRE_LEADER, "true");
        if (user != null) {
            headers.put(TOKEN, token(user, channel, deadlineNanos));
        }
        return headers;
    }

    /** Has the next call log in anew, if the one with these headers was the last to. */
    void forget(Metadata headers) {
        String used = headers.get(TOKEN);
        lock.lock();
        try {
            if (used != null && used.equals(token)) {
                token = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private String token(String name, Channel channel, long deadlineNanos) {
        String present = token;
        if (present != null) {
            return present;
        }
        lock.lock();
        try {
            if (token == null) {
                Metadata headers = new Metadata();
                headers.put(REQUIRE_LEADER, "true");
                token = AuthGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(deadlineNanos, TimeUnit.NANOSECONDS)
                        .withInterceptors(io.grpc.stub.MetadataUtils.newAttachHeadersInterceptor(headers))
                        .authenticate(AuthenticateRequest.newBuilder()
                                .setName(name)
                                .setPassword(password())
                                .build())
                        .getToken();
            }
            return token;
        } finally {
            lock.unlock();
        }
    }

    private String password() {
        try {
            return passwordFile == null ? "" : Files.readString(passwordFile).strip();
        } catch (IOException e) {
            throw StoreUnavailableException.nothingChanged(
                    "the password for etcd cannot be read from " + passwordFile
                            + "; the control server's user has to be able to read store.etcd.passwordFile",
                    e);
        }
    }
}
