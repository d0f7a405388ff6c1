package io.inmesh.server.ca;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes X.509 certificates of the three kinds there are here: root, intermediate, leaf (RFC 5280; SPIFFE X.509-SVID 4 and 5). Stateless.
 */
final class Certificates {
    private static final X500Name NO_SUBJECT = new X500Name(new RDN[0]);

    private Certificates() {}

    /** Who signs: a certificate with its key. */
    record Issuer(X509Certificate certificate, PrivateKey key) {}

    /** From when to when a certificate holds. */
    record Validity(Instant notBefore, Instant notAfter) {}

    /** A self-signed root that may sign intermediates. */
    static X509Certificate root(KeyPair key, String trustDomain, Validity validity, SecureRandom random) {
        X500Name name = new X500Name("CN=Inmesh root,O=" + trustDomain);
        SubjectPublicKeyInfo publicKey =
                SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded());
        X509v3CertificateBuilder builder = builder(name, name, publicKey, validity, random);
        return signing(builder, publicKey, publicKey, key.getPrivate(), trustDomain, 1);
    }

    /** A root's key and name, signed by another root: it leads those who trust only that one. */
    static X509Certificate cross(
            X509Certificate root, Issuer other, String trustDomain, Validity validity, SecureRandom random) {
        X509v3CertificateBuilder builder =
                builder(subject(other.certificate()), subject(root), publicKey(root), validity, random);
        return signing(builder, publicKey(root), publicKey(other.certificate()), other.key(), trustDomain, 1);
    }

    /** An intermediate that may sign leaves only. */
    static X509Certificate intermediate(
            KeyPair key, Issuer root, String trustDomain, Validity validity, SecureRandom random) {
        SubjectPublicKeyInfo publicKey =
                SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded());
        X509v3CertificateBuilder builder = builder(
                subject(root.certificate()),
                new X500Name("CN=Inmesh intermediate,O=" + trustDomain),
                publicKey,
                validity,
                random);
        return signing(builder, publicKey, publicKey(root.certificate()), root.key(), trustDomain, 0);
    }

    /** A leaf without a subject, with one SPIFFE id and, for a server that foreign clients call by name, host names or IP addresses. */
    static X509Certificate leaf(
            SubjectPublicKeyInfo key,
            Issuer issuer,
            WorkloadIdentity identity,
            List<String> hosts,
            Validity validity,
            SecureRandom random) {
        X509v3CertificateBuilder builder = builder(subject(issuer.certificate()), NO_SUBJECT, key, validity, random);
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, identity.uri()));
        hosts.forEach(host ->
                names.add(new GeneralName(ipAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host)));
        // Without a subject the names are all there is, so they have to be understood (RFC 5280, 4.2.1.6).
        add(builder, Extension.subjectAlternativeName, true, new GeneralNames(names.toArray(GeneralName[]::new)));
        add(builder, Extension.basicConstraints, true, new BasicConstraints(false));
        add(builder, Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        KeyPurposeId[] purposes = {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
        add(builder, Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
        addKeyIdentifiers(builder, key, publicKey(issuer.certificate()));
        return sign(builder, issuer.key());
    }

    private static X509Certificate signing(
            X509v3CertificateBuilder builder,
            SubjectPublicKeyInfo subjectKey,
            SubjectPublicKeyInfo issuerKey,
            PrivateKey signer,
            String trustDomain,
            int pathLength) {
        add(builder, Extension.basicConstraints, true, new BasicConstraints(pathLength));
        add(builder, Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://" + trustDomain);
        add(builder, Extension.subjectAlternativeName, false, new GeneralNames(name));
        addKeyIdentifiers(builder, subjectKey, issuerKey);
        return sign(builder, signer);
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, SubjectPublicKeyInfo key, Validity validity, SecureRandom random) {
        // 127 random bits and a leading one: never zero, never negative, never two alike.
        BigInteger serial = new BigInteger(127, random).setBit(127);
        return new X509v3CertificateBuilder(
                issuer, serial, Date.from(validity.notBefore()), Date.from(validity.notAfter()), subject, key);
    }

    private static void addKeyIdentifiers(
            X509v3CertificateBuilder builder, SubjectPublicKeyInfo subject, SubjectPublicKeyInfo issuer) {
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            add(builder, Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(subject));
            add(builder, Extension.authorityKeyIdentifier, false, identifiers.createAuthorityKeyIdentifier(issuer));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-1 for key identifiers", e);
        }
    }

    private static void add(
            X509v3CertificateBuilder builder,
            org.bouncycastle.asn1.ASN1ObjectIdentifier id,
            boolean critical,
            ASN1Encodable value) {
        try {
            builder.addExtension(id, critical, value);
        } catch (IOException e) {
            throw new IllegalStateException("encoding to memory cannot fail", e);
        }
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key) {
        try {
            X509CertificateHolder holder =
                    builder.build(new JcaContentSignerBuilder(KeyAlgorithm.signature(key)).build(key));
            return new JcaX509CertificateConverter().getCertificate(holder);
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("the signing key cannot sign", e);
        }
    }

    /** The subject as bytes say it: going through text may reorder or re-encode it, and then the chain would not link. */
    private static X500Name subject(X509Certificate certificate) {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    private static SubjectPublicKeyInfo publicKey(X509Certificate certificate) {
        return SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded());
    }

    private static boolean ipAddress(String host) {
        return host.indexOf(':') >= 0 || host.matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
    }
}
