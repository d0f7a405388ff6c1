package io.inmesh.okhttp;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.OutsideServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Predicate;
import javax.net.SocketFactory;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import okhttp3.Dns;
import okhttp3.Interceptor;
import org.jspecify.annotations.Nullable;

/**
 * Where connections of one pool go: an endpoint, and the identity epoch and peer expectation they are secured with.
 *
 * <p>It is the {@code Dns} object of the pool's key. OkHttp compares it by identity, so two targets never share a connection,
 * and a new epoch opens new ones.
 */
final class Target implements Dns {

    private final Endpoint endpoint;
    private final @Nullable ConnectionSecurity security;
    private final @Nullable IdentityEpoch epoch;
    private final SocketFactory sockets;
    private final @Nullable ApplicationTls applicationTls;
    private volatile List<InetAddress> answered = List.of();
    // Weak, since a socket that was dropped needs no closing.
    private final Set<MeshSocket> opened = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private volatile X509Certificate @Nullable [] peer;
    private volatile boolean left;

    /**
     * Makes a target.
     *
     * @param endpoint where connections go
     * @param security how connections are secured, null for plaintext
     * @param epoch the identity epoch they belong to, null if they belong to none
     * @param https whether the URL is {@code https}, so that OkHttp does the handshake and the socket must not do one too
     * @param settings what sockets are made with
     */
    Target(
            Endpoint endpoint,
            @Nullable ConnectionSecurity security,
            @Nullable IdentityEpoch epoch,
            boolean https,
            SocketSettings settings) {
        this.endpoint = endpoint;
        this.security = security;
        this.epoch = epoch;
        if (security == null) {
            this.applicationTls = null;
            this.sockets = new MeshSocketFactory(this, null, settings);
        } else if (https) {
            this.applicationTls = new ApplicationTls(security, epoch, this::proved);
            this.sockets = new MeshSocketFactory(this, null, settings);
        } else {
            this.applicationTls = null;
            this.sockets = new MeshSocketFactory(this, security.context(epoch).getSocketFactory(), settings);
        }
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** {@return whether connections of this target are right for these needs} */
    boolean serves(@Nullable ConnectionSecurity neededSecurity, @Nullable IdentityEpoch currentEpoch) {
        if (neededSecurity == null) {
            return security == null;
        }
        return epoch == currentEpoch && neededSecurity.equals(security);
    }

    /** {@return whether it is secured by another epoch than this one} */
    boolean replacedBy(IdentityEpoch now) {
        return epoch != null && epoch != now;
    }

    /** Takes note of a socket that goes here. */
    void opened(MeshSocket socket) {
        opened.add(socket);
    }

    /** Takes note of what the peer of a connection has presented. */
    void proved(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            peer = Arrays.copyOf(chain, chain.length, X509Certificate[].class);
        } catch (SSLPeerUnverifiedException | ArrayStoreException nothingToJudge) {
            peer = null;
        }
    }

    /** Says that no further call goes here: connections end with the calls that are on them. */
    void leave() {
        left = true;
    }

    /** {@return whether no further call goes here} */
    boolean left() {
        return left;
    }

    /** Ends the calls that are still here if an epoch does not trust their peer any more. */
    void endUnlessTrustedBy(IdentityEpoch now) {
        if (outside()) {
            return;
        }
        endUnlessTrusted(now::accepts);
    }

    /** {@return whether it differs in nothing but the host from what a call needs} */
    boolean isForAnotherHostThan(OutsideServer needed) {
        return needed.isForAnotherHostThan(security);
    }

    /** {@return whether connections made here would accept a peer} */
    boolean trusts(X509Certificate[] chain) {
        return !(security instanceof OutsideServer server) || server.accepts(chain);
    }

    /** {@return whether it goes to a server outside the mesh, of which other identities of this process say nothing} */
    boolean outside() {
        return security instanceof OutsideServer;
    }

    /** Ends the calls that are still here if somebody does not trust their peer any more. */
    void endUnlessTrusted(Predicate<X509Certificate[]> trusted) {
        X509Certificate[] chain = peer;
        if (chain == null || trusted.test(chain)) {
            return;
        }
        for (MeshSocket socket : sockets()) {
            socket.closeQuietly();
        }
    }

    /** {@return whether a connection to it is open} */
    boolean open() {
        for (MeshSocket socket : sockets()) {
            if (!socket.isClosed()) {
                return true;
            }
        }
        return false;
    }

    private MeshSocket[] sockets() {
        synchronized (opened) {
            return opened.toArray(new MeshSocket[0]);
        }
    }

    /** Opens a connection, with the handshake if it is secured, and closes it again. */
    void tryConnect(int timeoutMillis) throws IOException {
        try (Socket socket = sockets.createSocket()) {
            socket.connect(addressFor(null), timeoutMillis);
        }
    }

    /** {@return the chain whose connections go here} */
    Interceptor.Chain direct(Interceptor.Chain chain) {
        Interceptor.Chain directed = chain.withDns(this).withSocketFactory(sockets);
        return applicationTls == null ? directed : applicationTls.secure(directed);
    }

    /** Answers with the endpoint's addresses, whatever name is asked for. */
    @Override
    public List<InetAddress> lookup(String hostname) throws UnknownHostException {
        List<InetAddress> addresses = List.of(InetAddress.getAllByName(endpoint.address()));
        answered = addresses;
        return addresses;
    }

    /**
     * {@return the endpoint's address to connect to}
     *
     * <p>OkHttp does not ask {@link #lookup} about a URL whose host is an IP address; then the endpoint's first address is it.
     *
     * @param told the address OkHttp wants to connect to
     */
    InetSocketAddress addressFor(@Nullable InetAddress told) throws UnknownHostException {
        InetAddress address =
                told != null && answered.contains(told) ? told : InetAddress.getAllByName(endpoint.address())[0];
        return new InetSocketAddress(address, endpoint.port());
    }

    @Override
    public String toString() {
        return endpoint + (security == null ? " plaintext" : " " + security.serverName());
    }
}
