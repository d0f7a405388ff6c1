package io.inmesh.server.rest;

import io.inmesh.server.access.Access;
import io.inmesh.server.access.ServerTls;
import io.inmesh.server.time.Timer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where and how HTTP is listened for.
 *
 * @param address address and port; port 0 for any free one
 * @param tls TLS to speak; null for none, on loopback only
 * @param hosts names and addresses under which the server may be called
 */
public record HttpListen(
        InetSocketAddress address, @Nullable SSLContext tls, Set<String> hosts) {

    private static final Logger LOG = LoggerFactory.getLogger(HttpListen.class);

    /** Copies the names. */
    public HttpListen {
        hosts = Set.copyOf(hosts);
    }

    /**
     * {@return how to listen at an address: over TLS if others than this machine reach it, or if the settings ask for it}
     *
     * @param access settings, and whose client certificates are taken
     * @param certificate the mesh's own certificate
     * @param timer when certificate files are looked at
     * @param random randomness for TLS
     * @throws IOException if others reach it and nothing says who may come in, or TLS cannot be set up
     */
    public static HttpListen of(
            InetSocketAddress address,
            Set<String> hosts,
            Access access,
            X509ExtendedKeyManager certificate,
            Timer timer,
            SecureRandom random)
            throws IOException {
        boolean local = address.getAddress().isLoopbackAddress();
        boolean configured = access.settings().configured();
        if (!local && !configured) {
            throw new IOException("--http-address " + address.getAddress().getHostAddress()
                    + " is reached by others, and nothing says who may come in: add the section access to the settings"
                    + " file (--config; docs/security.md has an example), or listen on 127.0.0.1");
        }
        if (access.open()) {
            LOG.warn(
                    "REST asks nobody on this machine who he is: whoever can connect to loopback may do everything; {}",
                    configured ? "access.loopback is open" : "add the section access to the settings file to end that");
        }
        boolean tls = !local || access.settings().tls().isPresent();
        return new HttpListen(address, tls ? ServerTls.context(access, certificate, timer, random) : null, hosts);
    }
}
