package io.inmesh.identity;

import java.io.IOException;
import java.net.Socket;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which TLS provider secures the sockets that this process connects: Conscrypt where it is on the class path and works, since its
 * handshakes cost a fraction, else the first one of the Java runtime. What is accepted, and engines, are always the runtime's.
 *
 * <p>One choice for the process, made when it is first needed and logged in one line. Whom to trust does not depend on it.
 */
public final class ClientTls {

    /** Environment variable with the choice: {@code auto}, the default, or {@code jdk}. */
    public static final String SETTING = "INMESH_TLS_PROVIDER";

    private static final String AUTO = "auto";
    private static final String JDK = "jdk";
    private static final Logger LOG = LoggerFactory.getLogger(ClientTls.class);

    // Others are there because somebody chose them, for instance to meet FIPS 140.
    private static final String OF_THE_JDK = "SunJSSE";

    // Conscrypt offers no signatures of other kinds.
    private static final Set<String> KEYS = Set.of("EC", "RSA");

    private ClientTls() {}

    /** Made when first asked for. */
    private static final class Chosen {
        static final @Nullable Provider FAST = choose(
                System.getenv().getOrDefault(SETTING, AUTO),
                name -> Class.forName(name, true, ClientTls.class.getClassLoader()));
    }

    /**
     * Checks the setting.
     *
     * @param environment where it is
     * @throws IllegalArgumentException if it is neither of the two
     */
    public static void check(Map<String, String> environment) {
        String setting = environment.getOrDefault(SETTING, AUTO);
        if (!setting.equals(AUTO) && !setting.equals(JDK)) {
            throw new IllegalArgumentException(
                    SETTING + " is \"" + setting + "\"; write auto to use Conscrypt where it is there, or jdk");
        }
    }

    /** {@return the name of the provider for sockets that this process connects} */
    public static String provider() {
        Provider fast = Chosen.FAST;
        return (fast == null ? ofRuntime() : fast).getName();
    }

    /**
     * Frees what a TLS socket holds outside of the heap, after the connection below it has been closed; does nothing for sockets that
     * hold nothing. Never waits for the peer, nor for whoever writes.
     *
     * @param socket a TLS socket over a connection that is closed
     */
    public static void release(Socket socket) {
        if (!ConscryptSearch.made(socket)) {
            return;
        }
        try {
            socket.close();
        } catch (IOException alreadyBroken) {
            LOG.debug("closing {}", socket, alreadyBroken);
        }
    }

    /**
     * {@return the provider for client sockets, null for the runtime's}
     *
     * @param presented what this process presents, null for nothing
     * @param serverNames what it asks for
     */
    static @Nullable Provider fast(@Nullable X509Certificate presented, List<SNIServerName> serverNames) {
        Provider fast = Chosen.FAST;
        return fast != null && fits(presented, serverNames) ? fast : null;
    }

    /** {@return whether Conscrypt can do it: it signs with some keys only, and does not send names without a dot} */
    static boolean fits(@Nullable X509Certificate presented, List<SNIServerName> serverNames) {
        return (presented == null || KEYS.contains(presented.getPublicKey().getAlgorithm()))
                && serverNames.stream()
                        .allMatch(name -> name instanceof SNIHostName host
                                && host.getAsciiName().indexOf('.') > 0);
    }

    /** {@return the first provider of the runtime, leaving Conscrypt out, which is untried for servers} */
    static Provider ofRuntime() {
        Provider[] all = Security.getProviders("SSLContext." + TlsContexts.PROTOCOL);
        if (all != null) {
            for (Provider provider : all) {
                if (!ConscryptSearch.made(provider)) {
                    return provider;
                }
            }
        }
        throw new IllegalStateException("this Java runtime has no usable TLS 1.3");
    }

    static @Nullable Provider choose(String setting, ConscryptSearch.Classes classes) {
        Provider ofRuntime = ofRuntime();
        String slow = "Connections are secured by " + ofRuntime.getName() + ": ";
        if (!setting.equals(AUTO)) {
            LOG.info("{}{} is {}", slow, SETTING, setting);
            return null;
        }
        if (!ofRuntime.getName().equals(OF_THE_JDK)) {
            LOG.info("{}it was put before the JDK's", slow);
            return null;
        }
        ConscryptSearch search = ConscryptSearch.in(classes);
        if (search.provider() != null) {
            LOG.info("Connections that are opened here are secured by {}", search.outcome());
        } else if (search.wanted()) {
            LOG.warn("{}{}", slow, search.outcome());
        } else {
            LOG.info("{}{}", slow, search.outcome());
        }
        return search.provider();
    }
}
