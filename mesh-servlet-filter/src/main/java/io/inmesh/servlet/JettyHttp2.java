package io.inmesh.servlet;

import java.util.List;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;

/** HTTP/2 for Jetty, in a class of its own because the libraries for it need not be there. */
final class JettyHttp2 {

    /** Name of the protocol that chooses one inside TLS. */
    static final String NEGOTIATION = "alpn";

    /** As registered for ALPN, where case matters (RFC 7301, section 6). */
    private static final String HTTP_1_1 = "http/1.1";

    private static final List<String> NEEDED = List.of(
            "org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory",
            "org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory",
            "org.eclipse.jetty.alpn.java.server.JDK9ServerALPNProcessor");

    private JettyHttp2() {}

    /** {@return whether the libraries are on the class path} */
    static boolean available() {
        ClassLoader loader = JettyHttp2.class.getClassLoader();
        try {
            for (String name : NEEDED) {
                Class.forName(name, false, loader);
            }
            return true;
        } catch (ClassNotFoundException | LinkageError missing) {
            return false;
        }
    }

    /** {@return what a connector needs for HTTP/2 inside TLS and in plaintext; not to be called unless available} */
    static List<ConnectionFactory> factories(HttpConfiguration configuration) {
        // In the order of preference; without a list it would be that of the connector, where HTTP/1.1 is first.
        ALPNServerConnectionFactory negotiation = new ALPNServerConnectionFactory("h2", HTTP_1_1);
        // A client that negotiates nothing means HTTP/1.1 (RFC 9113, section 3.2).
        negotiation.setDefaultProtocol(HTTP_1_1);
        return List.of(
                negotiation,
                new HTTP2ServerConnectionFactory(configuration),
                new HTTP2CServerConnectionFactory(configuration));
    }

    /** Sends GOAWAY (RFC 9113, 6.8) if the connection is HTTP/2; it closes when its last request has ended. */
    static void goAway(Connection connection) {
        if (connection instanceof HTTP2Connection http2) {
            http2.getSession().shutdown();
        }
    }
}
