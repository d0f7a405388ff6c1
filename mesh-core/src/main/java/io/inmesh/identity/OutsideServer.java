package io.inmesh.identity;

import io.inmesh.config.OriginationConfig;
import io.inmesh.config.TlsCredentials;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS to a server outside the mesh: it must hold a certificate that one of the given roots vouches for and that carries an expected
 * name. What this process presents is a certificate of files or nothing, never its identity in the mesh.
 *
 * <p>Each object has TLS contexts of its own, so a session that was proved by other roots, for another name, or with another
 * certificate is never resumed.
 */
public final class OutsideServer implements ConnectionSecurity {

    private final OriginationConfig config;
    private final OutsideTrust trust;
    private final String serverName;
    private final List<String> names;

    private OutsideServer(OriginationConfig config, OutsideTrust trust, String serverName) {
        this.config = config;
        this.trust = trust;
        this.serverName = serverName;
        this.names = config.names().isEmpty() ? List.of(serverName) : config.names();
    }

    /**
     * {@return how connections for calls to a host are secured}
     *
     * @param config whom to believe and what to present
     * @param host the server name to send, and to expect unless the config names others; a port after it does not count
     */
    public static OutsideServer of(OriginationConfig config, String host) {
        return new OutsideServer(config, new OutsideTrust(config.credentials()), bare(host));
    }

    /** {@return the same for another host; this object if it is the same one} */
    public OutsideServer forHost(String host) {
        return host.equals(serverName) ? this : new OutsideServer(config, trust, bare(host));
    }

    /** {@return whether another one differs in the host and in nothing else} */
    public boolean isForAnotherHostThan(@Nullable ConnectionSecurity other) {
        return other instanceof OutsideServer server
                && (config == server.config || config.equals(server.config))
                && !serverName.equals(server.serverName);
    }

    /** Without port, brackets of IPv6 and the dot of absolute names, which is no part of a server name (RFC 6066, section 3). */
    private static String bare(String authority) {
        String host = authority;
        int colon = host.lastIndexOf(':');
        if (host.startsWith("[")) {
            host = host.substring(1, Math.max(1, host.indexOf(']')));
        } else if (colon >= 0 && colon == host.indexOf(':')) {
            host = host.substring(0, colon);
        }
        return (host.endsWith(".") ? host.substring(0, host.length() - 1) : host).toLowerCase(Locale.ROOT);
    }

    @Override
    public String serverName() {
        return serverName;
    }

    /** {@return names of which the server's certificate must carry one} */
    public List<String> names() {
        return names;
    }

    /** {@return whether this process presents a certificate} */
    public boolean presents() {
        TlsCredentials credentials = config.credentials();
        return credentials != null && !credentials.chain().isEmpty();
    }

    /** {@return why credentials are missing, or newer ones are not used; empty if nothing is wrong} */
    public String problem() {
        return config.problem();
    }

    @Override
    public @Nullable String obstacle(IdentityHolder identity) {
        return config.credentials() == null ? "cannot be called over TLS: " + config.problem() : null;
    }

    @Override
    public @Nullable IdentityEpoch epoch(IdentityHolder identity) {
        return null;
    }

    @Override
    public SSLContext context(@Nullable IdentityEpoch epoch) {
        return TlsContexts.client(
                keyManager(epoch),
                presents() ? credentials().chain().get(0) : null,
                trustManager(epoch, chain -> {}),
                ServerNames.of(serverName),
                oldestTls(epoch));
    }

    @Override
    public X509ExtendedKeyManager keyManager(@Nullable IdentityEpoch epoch) {
        return new OutsideKeyManager(credentials());
    }

    @Override
    public X509ExtendedTrustManager trustManager(@Nullable IdentityEpoch epoch, Consumer<X509Certificate[]> accepted) {
        credentials();
        return new OutsideTrustManager(trust, names, accepted);
    }

    /** {@return whether a server that was accepted before, perhaps by other roots, would still be} */
    public boolean accepts(X509Certificate[] chain) {
        try {
            new OutsideTrustManager(trust, names, accepted -> {}).checkServerTrusted(chain, OutsideTrust.ANY_EXCHANGE);
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    @Override
    public HostnameVerifier hostnameVerifier() {
        return (host, session) -> {
            try {
                Certificate[] chain = session.getPeerCertificates();
                return chain[0] instanceof X509Certificate leaf && CertificateNames.carriesOne(leaf, names);
            } catch (SSLPeerUnverifiedException e) {
                return false;
            }
        };
    }

    @Override
    public TlsVersion oldestTls(@Nullable IdentityEpoch epoch) {
        return config.tls13Only() ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2;
    }

    private TlsCredentials credentials() {
        TlsCredentials credentials = config.credentials();
        if (credentials == null) {
            throw new IllegalStateException(serverName + " cannot be called over TLS: " + config.problem());
        }
        return credentials;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other == this
                || other instanceof OutsideServer server
                        && serverName.equals(server.serverName)
                        && (config == server.config || config.equals(server.config));
    }

    @Override
    public int hashCode() {
        return serverName.hashCode();
    }

    /** {@return the names it must prove, never a key} */
    @Override
    public String toString() {
        return "OutsideServer[" + serverName + ", names " + names + ", " + config.credentials() + "]";
    }
}
