package io.inmesh.servlet;

import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import org.apache.tomcat.util.net.SSLContext;

/** Shows Tomcat a context of the JDK's type. */
final class TomcatSslContext implements SSLContext {

    private static final X509Certificate[] NONE = {};

    private final javax.net.ssl.SSLContext context;

    TomcatSslContext(javax.net.ssl.SSLContext context) {
        this.context = context;
    }

    @Override
    public void init(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {
        throw new UnsupportedOperationException("whom to trust is decided by the mesh");
    }

    @Override
    public void destroy() {
        // It holds nothing that outlives it.
    }

    @Override
    public SSLSessionContext getServerSessionContext() {
        return context.getServerSessionContext();
    }

    @Override
    public SSLEngine createSSLEngine() {
        return context.createSSLEngine();
    }

    @Override
    public SSLServerSocketFactory getServerSocketFactory() {
        return context.getServerSocketFactory();
    }

    @Override
    public SSLParameters getSupportedSSLParameters() {
        return context.getSupportedSSLParameters();
    }

    /** {@return none: which certificate is presented is known only at each handshake, and Tomcat merely logs this} */
    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return NONE.clone();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return NONE.clone();
    }
}
