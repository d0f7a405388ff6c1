package io.inmesh.server.ca;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What is known about whoever makes a gRPC call: its network address, whom its TLS certificate proves it to be, and the bearer token it
 * sent. {@link #interceptor} puts it where {@link #current} finds it.
 *
 * @param address network address, for logs
 * @param ip the IP address in it, null if there is none
 * @param identity the identity in its verified certificate; empty without a certificate
 * @param certificateExpiry when that certificate ends
 * @param serial its serial number
 * @param bearer bearer token of the authorization header, not verified
 * @param chain the verified certificate and what the caller sent along with it, leaf first; empty without a certificate
 */
public record Caller(
        String address,
        @Nullable InetAddress ip,
        Optional<WorkloadIdentity> identity,
        Optional<Instant> certificateExpiry,
        Optional<BigInteger> serial,
        Optional<String> bearer,
        List<X509Certificate> chain) {
    private static final Context.Key<Caller> KEY = Context.key("inmesh-caller");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BEARER = "Bearer ";

    /** Who makes the call being served. */
    public static Caller current() {
        return KEY.get();
    }

    /** Finds out who calls, for every call. */
    public static ServerInterceptor interceptor() {
        return new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                return Contexts.interceptCall(Context.current().withValue(KEY, of(call, headers)), call, headers, next);
            }
        };
    }

    private static Caller of(ServerCall<?, ?> call, Metadata headers) {
        SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        List<X509Certificate> chain = chain(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
        Optional<X509Certificate> leaf = chain.stream().findFirst();
        String authorization = headers.get(AUTHORIZATION);
        Optional<String> bearer =
                authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                        ? Optional.of(authorization.substring(BEARER.length()).strip())
                        : Optional.empty();
        return new Caller(
                String.valueOf(address),
                address instanceof InetSocketAddress inet ? inet.getAddress() : null,
                leaf.map(WorkloadIdentity::of),
                leaf.map(c -> c.getNotAfter().toInstant()),
                leaf.map(X509Certificate::getSerialNumber),
                bearer,
                chain);
    }

    /** What TLS has verified already; see {@link ClientTrust}. */
    private static List<X509Certificate> chain(@Nullable SSLSession session) {
        if (session == null) {
            return List.of();
        }
        try {
            return Arrays.stream(session.getPeerCertificates())
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    /** Leaves the token out. */
    @Override
    public String toString() {
        return identity.map(WorkloadIdentity::uri).orElse("unauthenticated") + " at " + address;
    }
}
