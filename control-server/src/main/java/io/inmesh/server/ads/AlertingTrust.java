package io.inmesh.server.ads;

import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslCertificateException;
import java.net.Socket;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateRevokedException;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has TLS tell clients what is wrong with their certificate. What it has no alert of its own for it would call an internal error, which reads
 * like a fault of the server; here it is an authority that is not known. The whole reason is in the log at level debug.
 */
final class AlertingTrust extends X509ExtendedTrustManager {
    private static final Logger LOG = LoggerFactory.getLogger(AlertingTrust.class);

    /** {@code X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY} of OpenSSL; its alert is {@code unknown_ca} (RFC 8446, 6.2). */
    static final int UNKNOWN_AUTHORITY = 20;

    /** What TLS has alerts for without help. */
    private static final Set<CertPathValidatorException.Reason> KNOWN =
            Set.of(BasicReason.EXPIRED, BasicReason.NOT_YET_VALID, BasicReason.REVOKED);

    private final X509ExtendedTrustManager trust;

    /**
     * @param trust decides
     */
    AlertingTrust(X509ExtendedTrustManager trust) {
        this.trust = trust;
    }

    /** {@return a refusal as TLS has to be told it} */
    static CertificateException telling(CertificateException refused) {
        LOG.debug("a client certificate is refused", refused);
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateRevokedException
                    || (cause instanceof CertPathValidatorException path && KNOWN.contains(path.getReason()))) {
                return refused;
            }
        }
        return new OpenSslCertificateException(refused.getMessage(), refused, UNKNOWN_AUTHORITY);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        try {
            trust.checkClientTrusted(chain, authType);
        } catch (CertificateException e) {
            throw telling(e);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        try {
            trust.checkClientTrusted(chain, authType, socket);
        } catch (CertificateException e) {
            throw telling(e);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            trust.checkClientTrusted(chain, authType, engine);
        } catch (CertificateException e) {
            throw telling(e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        trust.checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        trust.checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        trust.checkServerTrusted(chain, authType, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.getAcceptedIssuers();
    }
}
