package io.inmesh.server.ca;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Takes every server for what it says it is: for probes alone, which send nothing and whose answer everybody may have, where nobody knows
 * the server's authority yet. Kubernetes does the same ({@code httpGet.scheme} of probes).
 */
public final class ProbeTrust extends OneSidedTrust {

    private ProbeTrust() {}

    /** {@return TLS that looks at no certificate; for nothing that is secret, and no answer that matters} */
    public static SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new ProbeTrust()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
        // As the class says.
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
