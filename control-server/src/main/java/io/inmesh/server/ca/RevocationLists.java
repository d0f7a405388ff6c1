package io.inmesh.server.ca;

import io.inmesh.server.ca.Certificates.Issuer;
import java.io.IOException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The deny list as certificate revocation lists (RFC 5280, 5), one for each certificate that has signed workloads. Lists are signed
 * again only if something has changed: signatures differ each time, and every process would take that for news.
 */
final class RevocationLists {
    /**
     * The extension that lists denied identities as URI names. Not critical: who does not know it refuses the serial numbers all the
     * same. The identifier comes from a random UUID (ITU-T X.667), so it is nobody else's.
     */
    static final ASN1ObjectIdentifier DENIED_IDENTITIES =
            new ASN1ObjectIdentifier("2.25.270071135431203073355589353072111366570");

    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private List<Issuer> signedBy = List.of();
    private DenyList.Denied signedFor = DenyList.Denied.NOBODY;
    private String signed = "";

    /**
     * {@return the lists of all issuers as PEM; empty if nobody is denied, so that verifiers that know only lists of revoked
     * certificates do not begin to ask for them}
     */
    synchronized String of(DenyList.Denied denied, List<Issuer> issuers, Instant now) {
        if (denied.isEmpty()) {
            return "";
        }
        if (!denied.equals(signedFor) || !issuers.equals(signedBy)) {
            StringBuilder text = new StringBuilder();
            issuers.forEach(issuer -> text.append(sign(denied, issuer, now)));
            signed = text.toString();
            signedFor = denied;
            signedBy = List.copyOf(issuers);
        }
        return signed;
    }

    /**
     * A serial number is put on the list of every issuer: they are random and long, and the operator names no issuer. The list never
     * gets old before its issuer does: it is news by being pushed, and whoever cannot be reached keeps what he has.
     */
    private static String sign(DenyList.Denied denied, Issuer issuer, Instant now) {
        Date from = Date.from(now.minus(CertificateAuthority.BACKDATE));
        X500Name name = X500Name.getInstance(
                issuer.certificate().getSubjectX500Principal().getEncoded());
        X509v2CRLBuilder builder = new X509v2CRLBuilder(name, from);
        builder.setNextUpdate(issuer.certificate().getNotAfter());
        for (BigInteger serial : sorted(denied.serials())) {
            builder.addCRLEntry(serial, from, CRLReason.unspecified);
        }
        try {
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils()
                            .createAuthorityKeyIdentifier(issuer.certificate().getPublicKey()));
            builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(now.toEpochMilli())));
            if (!denied.identities().isEmpty()) {
                builder.addExtension(DENIED_IDENTITIES, false, new GeneralNames(names(denied.identities())));
            }
            byte[] list = builder.build(new JcaContentSignerBuilder(algorithm(issuer.key())).build(issuer.key()))
                    .getEncoded();
            return "-----BEGIN X509 CRL-----\n" + LINES.encodeToString(list) + "\n-----END X509 CRL-----\n";
        } catch (IOException | OperatorCreationException | java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("the signing key cannot sign a revocation list", e);
        }
    }

    private static GeneralName[] names(Set<String> identities) {
        return identities.stream()
                .sorted()
                .map(id -> new GeneralName(GeneralName.uniformResourceIdentifier, id))
                .toArray(GeneralName[]::new);
    }

    private static List<BigInteger> sorted(Set<BigInteger> serials) {
        return serials.stream().sorted().toList();
    }

    private static String algorithm(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "Ed25519";
        };
    }
}
