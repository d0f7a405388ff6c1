package io.inmesh.identity;

import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Makes TLS contexts. The provider is the first one installed that has TLS 1.3: the JDK's, unless the application put another one first. */
final class TlsContexts {

    private static final String PROTOCOL = "TLSv1.3";

    // A resumed session skips the certificate checks, so it must not outlive them by much; epochs bound it further.
    private static final int SESSION_SECONDS = 3600;
    private static final int MAX_SESSIONS = 20_000;

    private TlsContexts() {}

    /** {@return a context for connections to one expected peer} */
    static SSLContext client(
            X509ExtendedKeyManager keys,
            X509ExtendedTrustManager trust,
            List<SNIServerName> serverNames,
            TlsVersion oldest) {
        SSLContext inner = inner(keys, trust);
        return wrap(new MeshContextSpi(() -> inner, oldest) {
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
        return wrap(new MeshContextSpi(contexts::current, oldest) {
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

    /** {@return a context of the provider with the given managers and bounded session lifetime} */
    static SSLContext inner(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance(PROTOCOL);
            context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
            context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
            context.getClientSessionContext().setSessionCacheSize(MAX_SESSIONS);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            context.getServerSessionContext().setSessionCacheSize(MAX_SESSIONS);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no usable TLS 1.3", e);
        }
    }

    private static SSLContext wrap(SSLContextSpi spi) {
        return new SSLContext(spi, ((MeshContextSpi) spi).provider(), PROTOCOL) {};
    }
}
