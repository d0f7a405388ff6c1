package io.inmesh.server.access;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request brings to prove who makes it. Nothing of it has been verified, but that the caller has the certificate's key.
 *
 * @param address network address it comes from
 * @param chain client certificate and what came with it, leaf first; empty for none
 * @param authorization value of the {@code Authorization} header; null without one
 * @param cookie value of the session cookie; null without one
 */
public record Credentials(
        InetAddress address,
        List<X509Certificate> chain,
        @Nullable String authorization,
        @Nullable String cookie) {

    /** Copies the chain. */
    public Credentials {
        chain = List.copyOf(chain);
    }

    /** {@return whether all there is is a session cookie, which browsers send by themselves} */
    public boolean onlyCookie() {
        return cookie != null && authorization == null && chain.isEmpty();
    }

    /** Keeps the secrets out of logs. */
    @Override
    public String toString() {
        return "credentials from " + address.getHostAddress();
    }
}
