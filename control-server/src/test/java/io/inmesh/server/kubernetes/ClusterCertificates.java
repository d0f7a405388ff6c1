package io.inmesh.server.kubernetes;

import io.inmesh.server.fixture.Keys;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** The certificates of a cluster: its authority, its API server on 127.0.0.1, and clients. */
final class ClusterCertificates {
    private static final String AUTHORITY = "CN=cluster";

    private final KeyPair authorityKeys = Keys.p256();
    private final X509Certificate authority = certificate(AUTHORITY, authorityKeys, 1, true);

    /** A client's keys and certificate. */
    record Client(KeyPair keys, X509Certificate certificate) {

        String certificatePem() {
            return pem(certificate);
        }

        /** {@return the key as kubeadm and openssl write it: PKCS #1 or SEC 1} */
        String traditionalKey() throws IOException {
            if (keys.getPrivate() instanceof java.security.interfaces.ECPrivateKey key) {
                ECPrivateKey sec1 = new ECPrivateKey(256, key.getS(), SECObjectIdentifiers.secp256r1);
                return pem(new PemObject("EC PRIVATE KEY", sec1.getEncoded()));
            }
            return pem(keys.getPrivate());
        }

        /** {@return the key in PKCS #8} */
        String pkcs8Key() throws IOException {
            return pem(new JcaPKCS8Generator(keys.getPrivate(), null));
        }
    }

    String authorityPem() {
        return pem(authority);
    }

    Client client(String name, KeyPair keys) {
        return new Client(keys, certificate("CN=" + name, keys, 3, false));
    }

    /** {@return TLS of the API server, which knows clients by this authority} */
    SSLContext server() throws GeneralSecurityException, IOException {
        KeyPair keys = Keys.p256();
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("server", keys.getPrivate(), new char[0], new X509Certificate[] {
            certificate("CN=kube-apiserver", keys, 2, false), authority
        });
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(own, new char[0]);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", authority);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private X509Certificate certificate(String subject, KeyPair keys, long serial, boolean ca) {
        Instant now = Instant.now();
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name(AUTHORITY),
                    BigInteger.valueOf(serial),
                    Date.from(now.minus(Duration.ofHours(1))),
                    Date.from(now.plus(Duration.ofDays(2))),
                    new X500Name(subject),
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(
                            new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKeys.getPrivate())));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(Object value) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(value);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }
}
