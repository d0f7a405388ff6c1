package io.inmesh.identity;

import java.security.Provider;
import java.security.SecureRandom;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A context around a provider's context that speaks chosen versions only and sets parameters on everything it makes. A plain context
 * cannot do either: one for {@code TLSv1.3} still offers 1.2, and server names belong to sockets.
 */
abstract class MeshContextSpi extends SSLContextSpi {

    private final Supplier<SSLContext> sockets;
    private final Supplier<SSLContext> engines;
    private final TlsVersion oldest;
    // One object per context, so that pools may be keyed by it.
    private final SSLSocketFactory factory;

    /**
     * Wraps what the suppliers return at the time something is made.
     *
     * @param sockets makes sockets
     * @param engines makes engines; the same, unless those of the other one have needs that whoever drives engines does not know of
     */
    MeshContextSpi(Supplier<SSLContext> sockets, Supplier<SSLContext> engines, TlsVersion oldest) {
        this.sockets = sockets;
        this.engines = engines;
        this.oldest = oldest;
        this.factory = new AdjustingSocketFactory(sockets, this);
    }

    /** Sets what goes beyond versions and suites. */
    abstract void adjust(SSLParameters parameters);

    /** {@return whether this is for the side that connects} */
    abstract boolean client();

    final Provider provider() {
        return sockets.get().getProvider();
    }

    /** {@return the parameters to set on a socket or engine that has the given ones} */
    final SSLParameters adjusted(SSLParameters parameters) {
        parameters.setProtocols(oldest.protocols().toArray(new String[0]));
        parameters.setCipherSuites(oldest.cipherSuites().toArray(new String[0]));
        adjust(parameters);
        return parameters;
    }

    private SSLEngine adjusted(SSLEngine engine) {
        engine.setUseClientMode(client());
        engine.setSSLParameters(adjusted(engine.getSSLParameters()));
        return engine;
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        return adjusted(engines.get().createSSLEngine());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return adjusted(engines.get().createSSLEngine(host, port));
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return factory;
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        throw new UnsupportedOperationException(
                "accept plain sockets and wrap each with getSocketFactory().createSocket(socket, null, autoClose)");
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return sockets.get().getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return sockets.get().getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return adjusted(engines.get().getDefaultSSLParameters());
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return adjusted(engines.get().getSupportedSSLParameters());
    }

    @Override
    protected void engineInit(
            KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random) {
        throw new UnsupportedOperationException(
                "a mesh TLS context follows its identity and cannot be given other managers");
    }
}
