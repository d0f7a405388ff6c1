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

    private final Supplier<SSLContext> inner;
    private final TlsVersion oldest;
    // One object per context, so that pools may be keyed by it.
    private final SSLSocketFactory sockets;

    /** Wraps what the supplier returns at the time something is made. */
    MeshContextSpi(Supplier<SSLContext> inner, TlsVersion oldest) {
        this.inner = inner;
        this.oldest = oldest;
        this.sockets = new AdjustingSocketFactory(inner, this);
    }

    /** Sets what goes beyond versions and suites. */
    abstract void adjust(SSLParameters parameters);

    /** {@return whether this is for the side that connects} */
    abstract boolean client();

    final Provider provider() {
        return inner.get().getProvider();
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
        return adjusted(inner.get().createSSLEngine());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return adjusted(inner.get().createSSLEngine(host, port));
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return sockets;
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        throw new UnsupportedOperationException(
                "accept plain sockets and wrap each with getSocketFactory().createSocket(socket, null, autoClose)");
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return inner.get().getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return inner.get().getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return adjusted(inner.get().getDefaultSSLParameters());
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return adjusted(inner.get().getSupportedSSLParameters());
    }

    @Override
    protected void engineInit(
            KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random) {
        throw new UnsupportedOperationException(
                "a mesh TLS context follows its identity and cannot be given other managers");
    }
}
