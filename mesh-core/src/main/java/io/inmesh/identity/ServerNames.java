package io.inmesh.identity;

import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;

/**
 * The server name of a handshake (SNI).
 *
 * <p>Istio names clusters {@code outbound_.9080_.v1_.reviews.default.svc.cluster.local}. RFC 6066 allows only DNS host names, the
 * JDK refuses underscores when sending, and a JDK server ends the handshake when it receives one. So the part after the last
 * {@code _.} is sent in such a case: the name of the service. Nothing is decided by it; the peer proves its SPIFFE id.
 */
public final class ServerNames {

    private ServerNames() {}

    /**
     * {@return what to send for a name: one entry, or none if no part of it can be sent}
     *
     * @param name server name as config has it
     */
    public static List<SNIServerName> of(String name) {
        int prefix = name.lastIndexOf("_.");
        String host = prefix < 0 ? name : name.substring(prefix + 2);
        // An address is not a server name (RFC 6066, section 3).
        if (host.isEmpty() || host.indexOf(':') >= 0 || isIpv4(host)) {
            return List.of();
        }
        try {
            return List.of(new SNIHostName(host));
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    /**
     * Sets the server name that goes with an expectation, and nothing else.
     *
     * @param parameters parameters of a client socket or engine
     * @param expectation whose server name to send
     */
    public static void set(SSLParameters parameters, PeerExpectation expectation) {
        parameters.setServerNames(of(expectation.serverName()));
    }

    private static boolean isIpv4(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c != '.' && (c < '0' || c > '9')) {
                return false;
            }
        }
        return true;
    }
}
