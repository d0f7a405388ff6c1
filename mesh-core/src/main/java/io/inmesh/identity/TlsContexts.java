package io.inmesh.identity;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes TLS contexts of the Java runtime's provider, and of {@linkplain ClientTls a faster one} for sockets that connect. */
final class TlsContexts {

    static final String PROTOCOL = "TLSv1.3";

    // A resumed session skips the certificate checks, so it must not outlive them by much; epochs bound it further.
    private static final int SESSION_SECONDS = 3600;
    private static final int MAX_SESSIONS = 20_000;

    private TlsContexts() {}

    /**
     * {@return a context for connections to one expected peer}
     *
     * @param presented the certificate that the keys present, null for none
     */
    static SSLContext client(
            X509ExtendedKeyManager keys,
            @Nullable X509Certificate presented,
            X509ExtendedTrustManager trust,
            List<SNIServerName> serverNames,
            TlsVersion oldest) {
        Provider fast = ClientTls.fast(presented, serverNames);
        Supplier<SSLContext> engines = once(() -> inner(keys, trust));
        SSLContext sockets = fast == null ? engines.get() : inner(fast, keys, trust);
        return wrap(new MeshContextSpi(() -> sockets, engines, oldest) {
            @Override
            void adjust(SSLParameters parameters) {
                parameters.setServerNames(serverNames);
            }

            @Override
            boolean client() {
                return true;
            }
        });
    }

    /** {@return a context for servers that follows the holder: every connection uses the epoch current when it begins} */
    static SSLContext server(EpochContexts contexts, TlsVersion oldest) {
        return wrap(new MeshContextSpi(contexts::current, contexts::current, oldest) {
            @Override
            void adjust(SSLParameters parameters) {
                // A server that forgets to ask for certificates would know no peer; adapters relax this for permissive
                // ports only.
                parameters.setNeedClientAuth(true);
            }

            @Override
            boolean client() {
                return false;
            }
        });
    }

    /** {@return a context of the runtime's provider with the given managers and bounded session lifetime} */
    static SSLContext inner(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
        return inner(ClientTls.ofRuntime(), keys, trust);
    }

    private static SSLContext inner(Provider provider, X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance(PROTOCOL, provider);
            context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
            context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
            context.getClientSessionContext().setSessionCacheSize(MAX_SESSIONS);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            context.getServerSessionContext().setSessionCacheSize(MAX_SESSIONS);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(provider.getName() + " has no usable TLS 1.3", e);
        }
    }

    private static SSLContext wrap(SSLContextSpi spi) {
        return new SSLContext(spi, ((MeshContextSpi) spi).provider(), PROTOCOL) {};
    }

    /** {@return what gives the same context every time; two threads may each make one, and one is kept} */
    private static Supplier<SSLContext> once(Supplier<SSLContext> making) {
        AtomicReference<@Nullable SSLContext> made = new AtomicReference<>();
        return () -> {
            SSLContext known = made.get();
            if (known != null) {
                return known;
            }
            SSLContext fresh = making.get();
            SSLContext other = made.compareAndExchange(null, fresh);
            return other == null ? fresh : other;
        };
    }
}
