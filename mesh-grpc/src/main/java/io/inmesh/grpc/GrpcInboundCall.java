package io.inmesh.grpc;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.inmesh.call.InboundCall;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.PeerProof;
import io.inmesh.identity.SpiffeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A view over a gRPC call that came in, as the HTTP/2 request it was. */
final class GrpcInboundCall implements InboundCall {

    private final ServerCall<?, ?> call;
    private final Metadata headers;
    private final String path;
    private final @Nullable SSLSession session;
    private final PeerProof proof;
    private final Authority authority;
    private final @Nullable MessageCount count = InboundTracer.count();

    /**
     * Makes a view.
     *
     * @param path of the method, with the slash that gRPC leaves out of its name
     */
    GrpcInboundCall(ServerCall<?, ?> call, Metadata headers, String path, IdentityHolder identity) {
        this.call = call;
        this.headers = headers;
        this.path = path;
        this.session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        this.proof = session == null ? PeerProof.NONE : proofOf(session, identity);
        this.authority = authorityOf(call);
    }

    private static PeerProof proofOf(SSLSession session, IdentityHolder identity) {
        try {
            return identity.peer(session.getPeerCertificates());
        } catch (SSLPeerUnverifiedException noCertificate) {
            return PeerProof.NONE;
        }
    }

    private static Authority authorityOf(ServerCall<?, ?> call) {
        String text = call.getAuthority() == null ? "" : call.getAuthority();
        try {
            return Authority.parse(text);
        } catch (IllegalArgumentException unreadable) {
            // Kept whole, so that it is refused as a host.
            return new Authority(text, text, 0);
        }
    }

    @Override
    public @Nullable SpiffeId peer() {
        return proof.id();
    }

    @Override
    public @Nullable String peerRefusal() {
        return proof.refusal();
    }

    @Override
    public String wireProtocol() {
        return "HTTP/2";
    }

    @Override
    public boolean secure() {
        return session != null;
    }

    @Override
    public @Nullable InetAddress peerAddress() {
        return addressOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    }

    @Override
    public @Nullable InetAddress localAddress() {
        return addressOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR));
    }

    @Override
    public int localPort() {
        SocketAddress local = call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);
        return local instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    @Override
    public long arrivedNanos() {
        return InboundTracer.arrivedNanos();
    }

    @Override
    public long requestBytes() {
        return count == null ? SIZE_UNKNOWN : count.requestBytes();
    }

    @Override
    public long responseBytes() {
        return count == null ? SIZE_UNKNOWN : count.responseBytes();
    }

    @Override
    public long requestMessages() {
        return count == null ? SIZE_UNKNOWN : count.requests();
    }

    @Override
    public long responseMessages() {
        return count == null ? SIZE_UNKNOWN : count.responses();
    }

    @Override
    public boolean streaming() {
        return call.getMethodDescriptor().getType() != MethodDescriptor.MethodType.UNARY;
    }

    @Override
    public @Nullable String requestedServerName() {
        if (session instanceof ExtendedSSLSession extended) {
            for (SNIServerName name : extended.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName();
                }
            }
        }
        return null;
    }

    private static @Nullable InetAddress addressOf(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    @Override
    public Protocol protocol() {
        return Protocol.GRPC;
    }

    @Override
    public String host() {
        return authority.host();
    }

    @Override
    public int port() {
        return authority.port();
    }

    @Override
    public String scheme() {
        return session == null ? "http" : "https";
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public @Nullable String query() {
        return null;
    }

    @Override
    public @Nullable String header(String name) {
        return GrpcCall.headerOf(headers, name);
    }

    @Override
    public List<String> headerValues(String name) {
        return GrpcCall.headerValuesOf(headers, name);
    }

    @Override
    public Set<String> headerNames() {
        Set<String> names = new LinkedHashSet<>(headers.keys());
        names.removeIf(name -> !GrpcCall.isHeaderName(name));
        return names;
    }

    @Override
    public boolean replayable() {
        return false;
    }
}
