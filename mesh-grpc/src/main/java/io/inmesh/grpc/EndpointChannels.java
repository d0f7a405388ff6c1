package io.inmesh.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Probe;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.InboundConnections;
import io.inmesh.identity.OutsideServer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inner channels of one mesh channel: one per endpoint, for the identity epoch of now.
 *
 * <p>A channel whose epoch or endpoint is gone takes no new calls and is shut down when those under way have ended. Calls that do not
 * end are ended with UNAVAILABLE {@value #GRACE_SECONDS} s after their server's root has been removed, or the server been denied.
 */
final class EndpointChannels {

    private static final Logger LOG = LoggerFactory.getLogger(EndpointChannels.class);

    /** A connection nobody used for this long is closed; the next call makes a new one. */
    private static final long IDLE_MINUTES = 5;

    /** The connection serves calls afterwards, so it is given as long as they usually have. */
    private static final long PROBE_CONNECT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How long calls go on whose server is not trusted any more, in seconds. */
    static final int GRACE_SECONDS = InboundConnections.GRACE_SECONDS;

    /** How long a channel that is given to no further call stays open for those that have just been given it, in seconds. */
    private static final int LINGER_SECONDS = 2;

    private final Mesh mesh;
    private final Authority authority;
    private final UnaryOperator<NettyChannelBuilder> customizer;
    private final ConcurrentHashMap<Endpoint, Inner> inners = new ConcurrentHashMap<>();
    private final List<AutoCloseable> listening;
    private final Set<Inner> ending = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    EndpointChannels(Mesh mesh, Authority authority, UnaryOperator<NettyChannelBuilder> customizer) {
        this.mesh = mesh;
        this.authority = authority;
        this.customizer = customizer;
        this.listening = List.of(
                mesh.onEndpointRemoved(this::remove),
                mesh.onIdentityChange(this::leave),
                mesh.connectAhead(authority.host(), authority.port(), this::connect));
    }

    /**
     * {@return the channel to send an attempt on}
     *
     * <p>A channel that failed to connect before is told to try again now, so that an endpoint that came back is used by the
     * next attempt instead of after gRPC's own backoff of up to two minutes.
     */
    ManagedChannel of(Attempt attempt) throws SSLException {
        return of(attempt.endpoint(), attempt.security(), attempt.connectTimeoutNanos());
    }

    /** {@return the channel to ask an endpoint on, which is that of attempts} */
    ManagedChannel of(Probe probe) throws SSLException {
        return of(probe.endpoint(), probe.security(), PROBE_CONNECT_NANOS);
    }

    /** Connects to an endpoint that no call has gone to yet; what comes of it is left to the first one. */
    private void connect(Endpoint endpoint, ConnectionSecurity security, long connectNanos) {
        ApplicationThreads.CONNECT.execute(() -> {
            if (closed) {
                return;
            }
            try {
                Inner inner = inner(endpoint, security, connectNanos);
                inner.channel.getState(true);
                follow(endpoint, inner);
            } catch (SSLException | IllegalStateException e) {
                LOG.debug("{} is not connected to before a call needs it", endpoint, e);
            }
        });
    }

    /** A channel that could not connect refuses calls for a while; since none has asked for this one, the first gets another. */
    private void follow(Endpoint endpoint, Inner inner) {
        ConnectivityState state = inner.channel.getState(false);
        if (state == ConnectivityState.TRANSIENT_FAILURE) {
            if (inners.remove(endpoint, inner)) {
                end(inner);
            }
        } else if (state == ConnectivityState.IDLE || state == ConnectivityState.CONNECTING) {
            inner.channel.notifyWhenStateChanged(state, () -> follow(endpoint, inner));
        }
    }

    /** {@return the channel of an endpoint whose connections are secured in a way, or not at all} */
    ManagedChannel of(Endpoint endpoint, @Nullable ConnectionSecurity security, long connectNanos) throws SSLException {
        Inner inner = inner(endpoint, security, connectNanos);
        if (inner.channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            inner.channel.resetConnectBackoff();
        }
        return inner.channel;
    }

    private Inner inner(Endpoint endpoint, @Nullable ConnectionSecurity security, long connectNanos)
            throws SSLException {
        IdentityEpoch epoch = security == null ? null : security.epoch(mesh.identity());
        Inner inner = inners.get(endpoint);
        if (inner == null || !inner.serves(security, epoch)) {
            inner = replace(endpoint, security, epoch, connectNanos);
        }
        return inner;
    }

    private Inner replace(
            Endpoint endpoint, @Nullable ConnectionSecurity security, @Nullable IdentityEpoch epoch, long connectNanos)
            throws SSLException {
        // Built outside the map, because building a TLS context takes milliseconds; a loser of the race is thrown away
        // unused.
        AtomicReference<X509Certificate @Nullable []> peer = new AtomicReference<>();
        Inner fresh = new Inner(build(endpoint, security, epoch, connectNanos, peer), security, epoch, peer);
        Inner kept = inners.compute(endpoint, (key, old) -> {
            if (old != null && old.serves(security, epoch)) {
                return old;
            }
            if (old != null) {
                end(old);
                endUntrusted(old, security);
            }
            return fresh;
        });
        if (kept != fresh) {
            fresh.channel.shutdownNow();
        }
        if (closed) {
            kept.channel.shutdown();
        }
        return kept;
    }

    /** No call waits for the next one to the same endpoint to leave an identity that is not that of this process any more. */
    private void leave(IdentityEpoch now) {
        ending.removeIf(inner -> inner.channel.isTerminated());
        inners.forEach((endpoint, inner) -> {
            if (inner.epoch != null && inner.epoch != now && inners.remove(endpoint, inner)) {
                end(inner);
            }
        });
        if (!ending.isEmpty()) {
            mesh.scheduler().schedule(this::endUntrusted, TimeUnit.SECONDS.toNanos(GRACE_SECONDS));
        }
    }

    private void endUntrusted() {
        ending.removeIf(inner -> inner.channel.isTerminated());
        IdentityEpoch now = mesh.identity().current();
        for (Inner inner : ending) {
            X509Certificate[] chain = inner.peer.get();
            if (inner.epoch != null && chain != null && now != null && !now.accepts(chain)) {
                inner.channel.shutdownNow();
            }
        }
    }

    /** Ends the calls on a channel to a server outside the mesh that its successor would not trust, after the same time. */
    private void endUntrusted(Inner old, @Nullable ConnectionSecurity successor) {
        if (old.security instanceof OutsideServer && successor instanceof OutsideServer now) {
            mesh.scheduler()
                    .schedule(
                            () -> {
                                X509Certificate[] chain = old.peer.get();
                                if (chain != null && !now.accepts(chain)) {
                                    old.channel.shutdownNow();
                                }
                            },
                            TimeUnit.SECONDS.toNanos(GRACE_SECONDS));
        }
    }

    private void end(Inner inner) {
        ending.add(inner);
        // A call that has just been given this channel has yet to begin on it.
        mesh.scheduler().schedule(() -> end(inner, false), TimeUnit.SECONDS.toNanos(LINGER_SECONDS));
        if (closed) {
            end(inner, false);
        }
    }

    private static void end(Inner inner, boolean now) {
        if (now) {
            inner.channel.shutdownNow();
        } else {
            inner.channel.shutdown();
        }
    }

    private ManagedChannel build(
            Endpoint endpoint,
            @Nullable ConnectionSecurity security,
            @Nullable IdentityEpoch epoch,
            long connectNanos,
            AtomicReference<X509Certificate @Nullable []> peer)
            throws SSLException {
        long connectMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(connectNanos));
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .overrideAuthority(authority.text())
                .disableRetry()
                .disableServiceConfigLookUp()
                .idleTimeout(IDLE_MINUTES, TimeUnit.MINUTES)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, connectMillis));
        builder = customizer.apply(builder);
        if (security == null) {
            return builder.usePlaintext().build();
        }
        return builder.sslContext(context(security, epoch, peer)).build();
    }

    private static SslContext context(
            ConnectionSecurity security,
            @Nullable IdentityEpoch epoch,
            AtomicReference<X509Certificate @Nullable []> peer)
            throws SSLException {
        SslContextBuilder context = SslContextBuilder.forClient()
                .keyManager(security.keyManager(epoch))
                .trustManager(security.trustManager(epoch, peer::set));
        SslContext made = GrpcSslContexts.configure(context)
                .protocols(security.oldestTls(epoch).protocols())
                .build();
        return security instanceof OutsideServer outside ? new NamedSslContext(made, outside.serverName()) : made;
    }

    private void remove(Endpoint endpoint) {
        Inner inner = inners.remove(endpoint);
        if (inner != null) {
            end(inner);
        }
    }

    /** Takes no new calls; those under way go on, or end at once. */
    void shutdown(boolean now) {
        closed = true;
        for (AutoCloseable listener : listening) {
            try {
                listener.close();
            } catch (Exception e) {
                LOG.warn("a listener of {} could not be taken away", authority.text(), e);
            }
        }
        all().forEach(inner -> end(inner, now));
    }

    private Stream<Inner> all() {
        return Stream.concat(inners.values().stream(), ending.stream());
    }

    boolean isTerminated() {
        return all().allMatch(inner -> inner.channel.isTerminated());
    }

    boolean awaitTermination(long deadlineNanos) throws InterruptedException {
        for (Inner inner : all().toList()) {
            long left = deadlineNanos - System.nanoTime();
            if (!inner.channel.awaitTermination(Math.max(0, left), TimeUnit.NANOSECONDS)) {
                return false;
            }
        }
        return true;
    }

    /** {@return how many inner channels there are} */
    int size() {
        return inners.size();
    }

    private record Inner(
            ManagedChannel channel,
            @Nullable ConnectionSecurity security,
            @Nullable IdentityEpoch epoch,
            AtomicReference<X509Certificate @Nullable []> peer) {
        boolean serves(@Nullable ConnectionSecurity neededSecurity, @Nullable IdentityEpoch currentEpoch) {
            if (channel.isShutdown()) {
                return false;
            }
            return neededSecurity == null ? security == null : epoch == currentEpoch && neededSecurity.equals(security);
        }
    }
}
