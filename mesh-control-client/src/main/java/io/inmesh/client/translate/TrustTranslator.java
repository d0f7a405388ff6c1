package io.inmesh.client.translate;

import io.inmesh.xds.tls.Secret;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.Set;

/** The trust bundle (SDS secret {@code ROOTCA}). */
public final class TrustTranslator {

    /** Istio's name of the secret that holds the roots. */
    public static final String SECRET = "ROOTCA";

    private static final String FIELD = "validation_context.trusted_ca";

    private TrustTranslator() {}

    static Translated.Roots translate(ResourceReader reader, Secret secret) {
        String pem = Values.inline(secret.getValidationContext().getTrustedCa());
        if (pem == null) {
            throw reader.invalid(FIELD, "must hold the roots inline");
        }
        Set<X509Certificate> roots = new LinkedHashSet<>();
        try {
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                    .forEach(certificate -> roots.add((X509Certificate) certificate));
        } catch (CertificateException e) {
            throw reader.invalid(FIELD, "is not PEM: " + e.getMessage());
        }
        if (roots.isEmpty()) {
            throw reader.invalid(FIELD, "holds no certificate; trusting nobody is never pushed");
        }
        return new Translated.Roots(roots);
    }
}
