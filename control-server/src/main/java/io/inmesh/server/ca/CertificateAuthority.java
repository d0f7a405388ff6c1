package io.inmesh.server.ca;

import io.inmesh.server.ca.Certificates.Issuer;
import io.inmesh.server.ca.Certificates.Validity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mesh's own certificate authority: a root (10 years) that signs an intermediate (1 year) that signs workloads (24 hours). Both are
 * made on the first start. Safe for use by several threads.
 */
public final class CertificateAuthority {
    /** Validity of a workload certificate unless less is asked for; also the most that is given. */
    public static final Duration LEAF_VALIDITY = Duration.ofHours(24);

    /** The least that is given: shorter ones would be renewed all the time. */
    static final Duration MIN_LEAF_VALIDITY = Duration.ofMinutes(1);

    /** How far certificates begin in the past, for workloads whose clock is slow. */
    static final Duration BACKDATE = Duration.ofMinutes(5);

    private static final Duration ROOT_VALIDITY = Duration.ofDays(3650);
    private static final Duration INTERMEDIATE_VALIDITY = Duration.ofDays(365);
    private static final Duration INTERMEDIATE_RENEWAL = INTERMEDIATE_VALIDITY.dividedBy(3);
    private static final Logger LOG = LoggerFactory.getLogger(CertificateAuthority.class);

    private final String trustDomain;
    private final AuthorityFiles files;
    private final InstantSource clock;
    private final SecureRandom random;
    private final X509Certificate root;
    private final RevocationLists revocations = new RevocationLists();
    private volatile Issuer intermediate;

    private CertificateAuthority(
            String trustDomain,
            AuthorityFiles files,
            InstantSource clock,
            SecureRandom random,
            X509Certificate root,
            Issuer intermediate) {
        this.trustDomain = trustDomain;
        this.files = files;
        this.clock = clock;
        this.random = random;
        this.root = root;
        this.intermediate = intermediate;
    }

    /**
     * Opens the authority kept in {@code directory}, or founds one if there is none.
     *
     * @throws IOException if files cannot be read or written, are readable by others, do not belong together, or belong to another
     *     trust domain; the message names the file and the remedy
     */
    public static CertificateAuthority open(
            Path directory, String trustDomain, InstantSource clock, SecureRandom random) throws IOException {
        AuthorityFiles files = new AuthorityFiles(directory);
        Optional<X509Certificate> known = files.rootCertificate();
        X509Certificate root = known.isPresent() ? known.get() : found(files, trustDomain, clock.instant(), random);
        checkTrustDomain(root, trustDomain, directory);
        Optional<Issuer> intermediate = files.intermediate();
        Issuer issuer =
                intermediate.isPresent() ? intermediate.get() : newIntermediate(files, trustDomain, clock, random);
        checkTogether(issuer, root, directory);
        return new CertificateAuthority(trustDomain, files, clock, random, root, issuer);
    }

    /** The trust domain of every identity issued here. */
    public String trustDomain() {
        return trustDomain;
    }

    /** The trust bundle: every root that workloads have to trust. */
    public List<X509Certificate> roots() {
        return List.of(root);
    }

    /** The deny list as revocation lists of everything that signs workloads here, PEM; empty if nobody is denied. */
    public String revocationLists(DenyList.Denied denied) {
        Instant now = clock.instant();
        return revocations.of(denied, List.of(currentIntermediate(now)), now);
    }

    /** SHA-256 of the root certificate, which join tokens pin. */
    public byte[] rootHash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(root.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Issues a certificate.
     *
     * @param key the public key, whose possession the caller has proven
     * @param identity whom the caller has proven to be
     * @param hosts further DNS names or IP addresses, for servers that foreign clients call by name; empty for workloads
     * @param wanted how long it should hold; capped by {@link #LEAF_VALIDITY}; zero for the default
     */
    IssuedCertificate issue(SubjectPublicKeyInfo key, WorkloadIdentity identity, List<String> hosts, Duration wanted) {
        if (!identity.trustDomain().equals(trustDomain)) {
            throw new IllegalArgumentException(identity + " is not of trust domain " + trustDomain);
        }
        Instant now = clock.instant();
        Issuer issuer = currentIntermediate(now);
        Instant end = now.plus(validity(wanted));
        Instant issuerEnd = issuer.certificate().getNotAfter().toInstant();
        Validity validity = new Validity(now.minus(BACKDATE), end.isBefore(issuerEnd) ? end : issuerEnd);
        X509Certificate leaf = Certificates.leaf(key, issuer, identity, hosts, validity, random);
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(leaf);
        chain.add(issuer.certificate());
        chain.add(root);
        return new IssuedCertificate(chain);
    }

    private static Duration validity(Duration wanted) {
        if (wanted.isZero() || wanted.isNegative() || wanted.compareTo(LEAF_VALIDITY) > 0) {
            return LEAF_VALIDITY;
        }
        return wanted.compareTo(MIN_LEAF_VALIDITY) < 0 ? MIN_LEAF_VALIDITY : wanted;
    }

    /** Renews the intermediate in its last third, if the root's key is at hand. */
    private Issuer currentIntermediate(Instant now) {
        if (!dueForRenewal(intermediate, now)) {
            return intermediate;
        }
        synchronized (this) {
            if (dueForRenewal(intermediate, now)) {
                try {
                    intermediate = newIntermediate(files, trustDomain, clock, random);
                    LOG.info(
                            "renewed the intermediate certificate until {}",
                            intermediate.certificate().getNotAfter());
                } catch (IOException e) {
                    LOG.error(
                            "cannot renew the intermediate certificate, which ends {}",
                            intermediate.certificate().getNotAfter(),
                            e);
                }
            }
            return intermediate;
        }
    }

    private static boolean dueForRenewal(Issuer issuer, Instant now) {
        return now.isAfter(issuer.certificate().getNotAfter().toInstant().minus(INTERMEDIATE_RENEWAL));
    }

    private static X509Certificate found(AuthorityFiles files, String trustDomain, Instant now, SecureRandom random)
            throws IOException {
        KeyPair key = Certificates.newKey(random);
        X509Certificate root =
                Certificates.root(key, trustDomain, new Validity(now.minus(BACKDATE), now.plus(ROOT_VALIDITY)), random);
        files.storeRoot(key, root);
        LOG.info("founded a certificate authority for trust domain {}", trustDomain);
        return root;
    }

    private static Issuer newIntermediate(
            AuthorityFiles files, String trustDomain, InstantSource clock, SecureRandom random) throws IOException {
        Issuer root = files.root()
                .orElseThrow(() -> new IOException(
                        "the intermediate has to be renewed, which needs the root's key: put it back to "
                                + files.rootKey() + " and start again"));
        Instant now = clock.instant();
        KeyPair key = Certificates.newKey(random);
        X509Certificate certificate = Certificates.intermediate(
                key, root, trustDomain, new Validity(now.minus(BACKDATE), now.plus(INTERMEDIATE_VALIDITY)), random);
        files.storeIntermediate(key, certificate);
        return new Issuer(certificate, key.getPrivate());
    }

    private static void checkTrustDomain(X509Certificate root, String trustDomain, Path directory) throws IOException {
        if (!WorkloadIdentity.uris(root).equals(List.of("spiffe://" + trustDomain))) {
            throw new IOException("the authority in " + directory + " is for " + WorkloadIdentity.uris(root)
                    + ", not for trust domain " + trustDomain
                    + "; start with that trust domain or with another data directory");
        }
    }

    /** A key that does not fit its certificate would sign what nobody can verify; better not to start. */
    private static void checkTogether(Issuer issuer, X509Certificate root, Path directory) throws IOException {
        try {
            issuer.certificate().verify(root.getPublicKey());
            Signature signature = Signature.getInstance("SHA256withECDSA");
            byte[] sample = {1};
            signature.initSign(issuer.key());
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(issuer.certificate().getPublicKey());
            signature.update(sample);
            if (!signature.verify(signed)) {
                throw new InvalidKeyException("intermediate.key does not belong to intermediate.crt");
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "the files of the authority in " + directory + " do not belong together (" + e.getMessage()
                            + "); restore them from a backup",
                    e);
        }
    }
}
