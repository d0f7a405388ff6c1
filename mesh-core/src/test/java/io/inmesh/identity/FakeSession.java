package io.inmesh.identity;

import java.lang.reflect.Proxy;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** A TLS session of which only the peer's certificates are known. */
record FakeSession(X509Certificate... certificates) {

    SSLSession asSession() {
        return (SSLSession) Proxy.newProxyInstance(
                FakeSession.class.getClassLoader(), new Class<?>[] {SSLSession.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("getPeerCertificates")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    if (certificates.length == 0) {
                        throw new SSLPeerUnverifiedException("no certificate");
                    }
                    return certificates;
                });
    }
}
