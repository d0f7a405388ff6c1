package io.inmesh.client.translate;

import io.inmesh.identity.TrustBundle;
import io.inmesh.xds.core.DataSource;
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

    private TrustTranslator() {}

    /**
     * {@return the roots of a secret}
     *
     * @param secret what was received
     * @param trustDomain the trust domain they are for
     * @throws InvalidResourceException if there is no root in it, or what is there is not a certificate
     */
    public static TrustBundle translate(Secret secret, String trustDomain) {
        DataSource source = secret.getValidationContext().getTrustedCa();
        byte[] pem = source.hasInlineBytes()
                ? source.getInlineBytes().toByteArray()
                : source.getInlineString().getBytes(StandardCharsets.US_ASCII);
        Set<X509Certificate> roots = new LinkedHashSet<>();
        try {
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem))
                    .forEach(certificate -> roots.add((X509Certificate) certificate));
        } catch (CertificateException e) {
            throw new InvalidResourceException(
                    secret.getName(), "validation_context.trusted_ca", "is not PEM: " + e.getMessage());
        }
        if (roots.isEmpty()) {
            throw new InvalidResourceException(
                    secret.getName(),
                    "validation_context.trusted_ca",
                    "holds no certificate; trusting nobody is never pushed");
        }
        return TrustBundle.of(trustDomain, roots);
    }
}
