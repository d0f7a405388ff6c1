package io.inmesh.testkit;

import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.SpiffeId;
import io.inmesh.identity.TrustBundle;
import io.inmesh.identity.WorkloadIdentity;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority for tests: a root for one trust domain, optional intermediates, and X.509-SVIDs. Keys are P-256 and made anew
 * each time; nothing is written anywhere.
 *
 * <pre>{@code
 * TestCa ca = TestCa.root("inmesh.local");
 * IdentityHolder reviews = ca.holder("default", "reviews");
 * }</pre>
 */
public final class TestCa {

    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final String trustDomain;
    private final X509Certificate root;
    private final PrivateKey key;
    // Issuers from the one that signs up to, not including, the root.
    private final List<X509Certificate> intermediates;
    private final Instant now;

    private TestCa(
            String trustDomain,
            X509Certificate root,
            PrivateKey key,
            List<X509Certificate> intermediates,
            Instant now) {
        this.trustDomain = trustDomain;
        this.root = root;
        this.key = key;
        this.intermediates = intermediates;
        this.now = now;
    }

    /** {@return a self-signed root, valid from an hour ago for ten years} */
    public static TestCa root(String trustDomain) {
        return root(trustDomain, Instant.now());
    }

    /**
     * {@return a self-signed root, valid from an hour before {@code now} for ten years}
     *
     * @param now when it and everything it issues begins to be valid, less an hour for clocks that differ
     */
    public static TestCa root(String trustDomain, Instant now) {
        KeyPair keys = newKeys();
        CertificateSpec spec = CertificateSpec.ca("CN=Test root " + trustDomain, now);
        X509Certificate root = spec.sign(keys.getPublic(), serial(), spec.subject, keys.getPrivate(), keys.getPublic());
        return new TestCa(trustDomain, root, keys.getPrivate(), List.of(), now);
    }

    /** {@return an identity that nobody vouches for: its certificate is signed with its own key} */
    public static WorkloadIdentity selfSigned(SpiffeId id) {
        KeyPair keys = newKeys();
        CertificateSpec spec = CertificateSpec.svid(id, Instant.now());
        spec.subject = "CN=self";
        return new WorkloadIdentity(
                id,
                keys.getPrivate(),
                List.of(spec.sign(keys.getPublic(), serial(), spec.subject, keys.getPrivate(), keys.getPublic())));
    }

    /** {@return a CA under this one; what it issues carries it in the chain} */
    public TestCa intermediate(String name) {
        return intermediate(name, now);
    }

    /**
     * {@return a CA under this one; what it issues carries it in the chain}
     *
     * @param name common name
     * @param made when its certificate was made, which holds for ten years from then
     */
    public TestCa intermediate(String name, Instant made) {
        KeyPair keys = newKeys();
        X509Certificate certificate = sign(CertificateSpec.ca("CN=" + name, made), keys.getPublic());
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(certificate);
        chain.addAll(intermediates);
        return new TestCa(trustDomain, root, keys.getPrivate(), List.copyOf(chain), now);
    }

    /** {@return the trust domain it issues for} */
    public String trustDomain() {
        return trustDomain;
    }

    /** {@return the root certificate} */
    public X509Certificate rootCertificate() {
        return root;
    }

    /** {@return a bundle that trusts this root for its trust domain, and nothing else} */
    public TrustBundle bundle() {
        return TrustBundle.of(trustDomain, Set.of(root));
    }

    /** {@return an identity {@code spiffe://<trust domain>/ns/<namespace>/sa/<serviceAccount>}, valid for 24 hours} */
    public WorkloadIdentity issue(String namespace, String serviceAccount) {
        return issue(namespace, serviceAccount, Duration.ofHours(24));
    }

    /** {@return an identity valid for a lifetime from now; negative for one that has expired already} */
    public WorkloadIdentity issue(String namespace, String serviceAccount, Duration lifetime) {
        SpiffeId id = SpiffeId.of(trustDomain, namespace, serviceAccount);
        return issue(id, spec -> spec.notAfter = now.plus(lifetime));
    }

    /**
     * {@return an identity whose certificate was changed to break a rule, or to stretch it}
     *
     * @param id who it is for; the certificate names it unless the change says otherwise
     * @param change edits what is about to be signed
     */
    public WorkloadIdentity issue(SpiffeId id, Consumer<CertificateSpec> change) {
        KeyPair keys = newKeys();
        CertificateSpec spec = CertificateSpec.svid(id, now);
        change.accept(spec);
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(sign(spec, keys.getPublic()));
        chain.addAll(intermediates);
        return new WorkloadIdentity(id, keys.getPrivate(), chain);
    }

    /**
     * {@return a chain for a key made elsewhere, leaf first and root last, as a certificate authority answers a signing request}
     *
     * @param key public key to certify
     * @param id who it is for; the certificate names it unless the change says otherwise
     * @param change edits what is about to be signed
     */
    public List<X509Certificate> certify(PublicKey key, SpiffeId id, Consumer<CertificateSpec> change) {
        CertificateSpec spec = CertificateSpec.svid(id, now);
        change.accept(spec);
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(sign(spec, key));
        chain.addAll(intermediates);
        chain.add(root);
        return chain;
    }

    /** {@return a holder with a fresh identity that trusts this root} */
    public IdentityHolder holder(String namespace, String serviceAccount) {
        IdentityHolder holder = new IdentityHolder();
        holder.update(issue(namespace, serviceAccount), bundle());
        return holder;
    }

    /** {@return a certificate of a server outside any mesh with these DNS names} */
    public TestCertificate server(String... dnsNames) {
        return certificate(spec -> spec.dnsNames.addAll(List.of(dnsNames)));
    }

    /**
     * {@return a certificate of a server or client outside any mesh}
     *
     * @param change edits what is about to be signed, which has no names
     */
    public TestCertificate certificate(Consumer<CertificateSpec> change) {
        KeyPair keys = newKeys();
        CertificateSpec spec = CertificateSpec.plain(now);
        change.accept(spec);
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(sign(spec, keys.getPublic()));
        chain.addAll(intermediates);
        return new TestCertificate(keys.getPrivate(), chain);
    }

    /** {@return a certificate of a server outside any mesh that nobody vouches for} */
    public static TestCertificate selfSignedServer(String dnsName) {
        KeyPair keys = newKeys();
        CertificateSpec spec = CertificateSpec.plain(Instant.now());
        spec.dnsNames.add(dnsName);
        return new TestCertificate(
                keys.getPrivate(),
                List.of(spec.sign(keys.getPublic(), serial(), spec.subject, keys.getPrivate(), keys.getPublic())));
    }

    /** {@return the list of what the root has revoked, good for a day} */
    public X509CRL revoking(X509Certificate... revoked) {
        try {
            X509v2CRLBuilder list = new JcaX509v2CRLBuilder(root, Date.from(now.minus(Duration.ofHours(1))));
            list.setNextUpdate(Date.from(now.plus(Duration.ofDays(1))));
            for (X509Certificate certificate : revoked) {
                list.addCRLEntry(certificate.getSerialNumber(), Date.from(now), CRLReason.keyCompromise);
            }
            return new JcaX509CRLConverter()
                    .getCRL(list.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign a test revocation list", e);
        }
    }

    private X509Certificate sign(CertificateSpec spec, PublicKey subject) {
        X509Certificate issuer = intermediates.isEmpty() ? root : intermediates.get(0);
        return spec.sign(subject, serial(), issuer.getSubjectX500Principal().getName(), key, issuer.getPublicKey());
    }

    private static BigInteger serial() {
        return BigInteger.valueOf(SERIAL.getAndIncrement());
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot make P-256 keys", e);
        }
    }
}
