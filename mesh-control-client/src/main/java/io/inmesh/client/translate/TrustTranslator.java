package io.inmesh.client.translate;

import com.google.protobuf.Any;
import io.inmesh.identity.DenyList;
import io.inmesh.identity.SpiffeId;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.SPIFFECertValidatorConfig;
import io.inmesh.xds.tls.Secret;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * The trust bundle (SDS secret {@code ROOTCA}): roots, and revocation lists of those who sign below them.
 *
 * <p>A list is believed because it comes with the roots, from the server that names those; its signature adds nothing to that and is not
 * looked at, nor is its end: what was pushed holds until something else is.
 */
public final class TrustTranslator {

    /** Istio's name of the secret that holds the roots. */
    public static final String SECRET = "ROOTCA";

    private static final String ROOTS = "validation_context.trusted_ca";
    private static final String NAMES = "validation_context.match_typed_subject_alt_names";
    private static final String LISTS = "validation_context.crl";

    private static final String VALIDATOR = "validation_context.custom_validator_config";
    private static final String SPIFFE_VALIDATOR =
            "envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig";

    private TrustTranslator() {}

    static Translated.Roots translate(ResourceReader reader, Secret secret) {
        CertificateValidationContext context = secret.getValidationContext();
        if (context.getMatchTypedSubjectAltNamesCount() > 0 || context.getMatchSubjectAltNamesCount() > 0) {
            throw reader.invalid(NAMES, "is not known here: whoever the roots vouch for is believed to be who it says");
        }
        String pem = Values.inline(context.getTrustedCa());
        if (pem == null) {
            throw reader.invalid(ROOTS, "must hold the roots inline");
        }
        Set<X509Certificate> roots = certificates(reader, ROOTS, pem);
        if (roots.isEmpty()) {
            throw reader.invalid(ROOTS, "holds no certificate; trusting nobody is never pushed");
        }
        return new Translated.Roots(roots, denied(reader, context), federated(reader, context));
    }

    /** Other trust domains by Envoy's SPIFFE validator, which checks each peer against the roots of its own domain only. */
    private static Map<String, Set<X509Certificate>> federated(
            ResourceReader reader, CertificateValidationContext context) {
        Map<String, Set<X509Certificate>> domains = new HashMap<>();
        if (!context.hasCustomValidatorConfig()) {
            return domains;
        }
        Any any = context.getCustomValidatorConfig().getTypedConfig();
        if (!any.getTypeUrl().endsWith(SPIFFE_VALIDATOR)) {
            throw reader.invalid(VALIDATOR, "is " + any.getTypeUrl() + "; only " + SPIFFE_VALIDATOR + " is known");
        }
        for (SPIFFECertValidatorConfig.TrustDomain domain : reader.unpack(
                        VALIDATOR, any, SPIFFECertValidatorConfig.parser())
                .getTrustDomainsList()) {
            String field = VALIDATOR + ".trust_domains[" + domain.getName() + "]";
            String pem = Values.inline(domain.getTrustBundle());
            if (pem == null || domain.getName().isEmpty()) {
                throw reader.invalid(field, "must have a name and hold its roots inline");
            }
            if (domains.put(domain.getName(), certificates(reader, field, pem)) != null) {
                throw reader.invalid(field, "is there twice");
            }
        }
        return domains;
    }

    private static Set<X509Certificate> certificates(ResourceReader reader, String field, String pem) {
        Set<X509Certificate> certificates = new LinkedHashSet<>();
        try {
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(bytes(pem))
                    .forEach(certificate -> certificates.add((X509Certificate) certificate));
        } catch (CertificateException e) {
            throw reader.invalid(field, "is not PEM: " + e.getMessage());
        }
        return certificates;
    }

    private static DenyList denied(ResourceReader reader, CertificateValidationContext context) {
        if (!context.hasCrl()) {
            return DenyList.NONE;
        }
        String pem = Values.inline(context.getCrl());
        if (pem == null) {
            throw reader.invalid(LISTS, "must hold the revocation lists inline");
        }
        Map<X500Principal, Set<BigInteger>> serials = new HashMap<>();
        Set<SpiffeId> identities = new HashSet<>();
        try {
            for (CRL list : CertificateFactory.getInstance("X.509").generateCRLs(bytes(pem))) {
                read((X509CRL) list, serials, identities);
            }
        } catch (CertificateException | CRLException | IllegalArgumentException e) {
            throw reader.invalid(LISTS, "cannot be read: " + e.getMessage());
        }
        return new DenyList(serials, identities);
    }

    private static void read(X509CRL list, Map<X500Principal, Set<BigInteger>> serials, Set<SpiffeId> identities) {
        if (list.getRevokedCertificates() != null) {
            Set<BigInteger> ofIssuer = serials.computeIfAbsent(list.getIssuerX500Principal(), k -> new HashSet<>());
            for (X509CRLEntry entry : list.getRevokedCertificates()) {
                ofIssuer.add(entry.getSerialNumber());
            }
        }
        DeniedIdentities.of(list).forEach(uri -> identities.add(SpiffeId.parse(uri)));
    }

    private static ByteArrayInputStream bytes(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    }
}
