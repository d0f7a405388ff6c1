package io.inmesh.testkit;

import io.inmesh.identity.SpiffeId;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** What is about to be signed. Fields may be changed to make certificates that a verifier must refuse. */
public final class CertificateSpec {

    /** Subject name; empty for none. */
    public String subject;
    /** Names of type URI. */
    public final List<String> uriNames = new ArrayList<>();
    /** Names of type DNS. */
    public final List<String> dnsNames = new ArrayList<>();
    /** Names of type IP address. */
    public final List<String> addresses = new ArrayList<>();
    /** Whether the subject alternative name extension is critical. */
    public boolean namesCritical;
    /** Whether it claims to be a CA. */
    public boolean ca;
    /** Bits of {@link KeyUsage}; 0 leaves the extension out. */
    public int keyUsage;
    /** Extended key usages; empty leaves the extension out. */
    public final List<KeyPurposeId> extendedKeyUsage = new ArrayList<>();
    /** First moment of validity. */
    public Instant notBefore;
    /** Last moment of validity. */
    public Instant notAfter;

    private CertificateSpec(String subject, Instant now) {
        this.subject = subject;
        this.notBefore = now.minus(Duration.ofHours(1));
        this.notAfter = now.plus(Duration.ofHours(24));
    }

    /** A certificate that follows every rule of the X.509-SVID standard. */
    static CertificateSpec svid(SpiffeId id, Instant now) {
        CertificateSpec spec = new CertificateSpec("", now);
        spec.uriNames.add(id.toString());
        spec.namesCritical = true;
        spec.keyUsage = KeyUsage.digitalSignature;
        spec.extendedKeyUsage.add(KeyPurposeId.id_kp_serverAuth);
        spec.extendedKeyUsage.add(KeyPurposeId.id_kp_clientAuth);
        return spec;
    }

    /** A certificate of a TLS server or client outside any mesh, without names. */
    static CertificateSpec plain(Instant now) {
        CertificateSpec spec = new CertificateSpec("CN=plain", now);
        spec.keyUsage = KeyUsage.digitalSignature;
        spec.extendedKeyUsage.add(KeyPurposeId.id_kp_serverAuth);
        spec.extendedKeyUsage.add(KeyPurposeId.id_kp_clientAuth);
        return spec;
    }

    /** A CA valid for ten years. */
    static CertificateSpec ca(String subject, Instant now) {
        CertificateSpec spec = new CertificateSpec(subject, now);
        spec.ca = true;
        spec.keyUsage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
        spec.notAfter = now.plus(Duration.ofDays(3650));
        return spec;
    }

    X509Certificate sign(
            PublicKey key, BigInteger serial, String issuer, PrivateKey issuerKey, PublicKey issuerPublicKey) {
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name(issuer),
                    serial,
                    Date.from(notBefore),
                    Date.from(notAfter),
                    new X500Name(subject),
                    key);
            JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(key));
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, utils.createAuthorityKeyIdentifier(issuerPublicKey));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
            addNames(builder);
            if (keyUsage != 0) {
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(keyUsage));
            }
            if (!extendedKeyUsage.isEmpty()) {
                builder.addExtension(
                        Extension.extendedKeyUsage,
                        false,
                        new ExtendedKeyUsage(extendedKeyUsage.toArray(new KeyPurposeId[0])));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey)));
        } catch (IOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign a test certificate", e);
        }
    }

    private void addNames(X509v3CertificateBuilder builder) throws IOException {
        List<GeneralName> names = new ArrayList<>();
        uriNames.forEach(name -> names.add(new GeneralName(GeneralName.uniformResourceIdentifier, name)));
        dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
        addresses.forEach(name -> names.add(new GeneralName(GeneralName.iPAddress, name)));
        if (!names.isEmpty()) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    namesCritical,
                    new GeneralNames(names.toArray(new GeneralName[0])));
        }
    }
}
