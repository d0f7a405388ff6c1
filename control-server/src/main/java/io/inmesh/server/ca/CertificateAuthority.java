package io.inmesh.server.ca;

import io.inmesh.server.ca.Certificates.Issuer;
import io.inmesh.server.ca.Certificates.Validity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mesh's own certificate authority: a root that signs an intermediate that signs workloads. Made on the first start, or brought
 * along. While one root replaces another there are several; {@link RootRotation} has the steps. Safe for use by several threads.
 */
public final class CertificateAuthority {
    /** How far certificates begin in the past, for workloads whose clock is slow. */
    static final Duration BACKDATE = Duration.ofMinutes(5);

    /** Validity of the server's own certificate: it is renewed by a clock that ticks every minute. */
    private static final Duration SERVER_VALIDITY = Duration.ofHours(24);

    private static final Duration RENEWAL_RETRY = Duration.ofHours(1);
    /** What TLS stacks read of a chain at most; PKIX implementations stop there too. */
    private static final int MAX_CHAIN = 8;

    private static final Logger LOG = LoggerFactory.getLogger(CertificateAuthority.class);

    private final String trustDomain;
    private final AuthoritySettings settings;
    private final AuthorityFiles files;
    private final AuthorityOpening opening;
    private final EarlierSigners earlier;
    private final InstantSource clock;
    private final SecureRandom random;
    private final RevocationLists revocations = new RevocationLists();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Object changing = new Object();
    private volatile RootSet roots;
    private Instant nextRenewal = Instant.MIN;

    private CertificateAuthority(
            String trustDomain,
            AuthoritySettings settings,
            AuthorityFiles files,
            AuthorityOpening opening,
            EarlierSigners earlier,
            InstantSource clock,
            SecureRandom random,
            RootSet roots) {
        this.earlier = earlier;
        this.trustDomain = trustDomain;
        this.settings = settings;
        this.files = files;
        this.opening = opening;
        this.clock = clock;
        this.random = random;
        this.roots = roots;
    }

    /** Opens with {@link AuthoritySettings#defaults} and without a passphrase. */
    public static CertificateAuthority open(
            Path directory, String trustDomain, InstantSource clock, SecureRandom random) throws IOException {
        return open(directory, trustDomain, AuthoritySettings.defaults(), KeyCipher.NONE, clock, random);
    }

    /**
     * Opens the authority kept in {@code directory}. If there is none, founds one, or takes over that which the settings name.
     *
     * @throws IOException if files cannot be read, written or decrypted, are readable by others, do not belong together, belong to
     *     another trust domain, or would sign what peers refuse; the message names the file or certificate and the remedy
     */
    static CertificateAuthority open(
            Path directory,
            String trustDomain,
            AuthoritySettings settings,
            KeyCipher cipher,
            InstantSource clock,
            SecureRandom random)
            throws IOException {
        AuthorityFiles files = new AuthorityFiles(directory, cipher);
        EarlierSigners earlier = new EarlierSigners(files);
        AuthorityOpening opening = new AuthorityOpening(trustDomain, settings, files, earlier, clock, random);
        return new CertificateAuthority(trustDomain, settings, files, opening, earlier, clock, random, opening.open());
    }

    /** The trust domain of every identity issued here. */
    public String trustDomain() {
        return trustDomain;
    }

    /** How long workload certificates hold unless less is asked for; also the most that is given. */
    public Duration leafValidity() {
        return settings.leafValidity();
    }

    /** Whether the keys on disk are encrypted. */
    public boolean encryptsKeys() {
        return files.cipher().encrypts();
    }

    /** The trust bundle: every root that workloads have to trust, the one that signs first. */
    public List<X509Certificate> roots() {
        return roots.bundle().stream().map(Root::certificate).toList();
    }

    /**
     * The deny list as revocation lists of everything that signs workloads here, or has signed such as can still be in use, PEM; empty if
     * nobody is denied.
     */
    public String revocationLists(DenyList.Denied denied) {
        Instant now = clock.instant();
        current(now);
        List<Issuer> issuers = roots.bundle().stream()
                .flatMap(root -> Stream.concat(
                        Stream.ofNullable(root.signer()).map(Signer::issuer), earlier.of(root, now).stream()))
                .distinct()
                .toList();
        return revocations.of(denied, issuers, now);
    }

    /** SHA-256 of the root below which certificates are issued, which new join tokens pin. */
    public byte[] rootHash() {
        return Root.hash(roots.active().certificate());
    }

    /** Calls a listener after every change of the roots, on the thread that made it. It must be short. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Issues a certificate.
     *
     * @param key the public key, whose possession the caller has proven
     * @param identity whom the caller has proven to be
     * @param wanted how long it should hold; capped by {@link #leafValidity}; zero for the default
     */
    IssuedCertificate issue(SubjectPublicKeyInfo key, WorkloadIdentity identity, Duration wanted) {
        return issue(key, identity, List.of(), validity(wanted));
    }

    /**
     * Issues the server's own certificate.
     *
     * @param hosts DNS names or IP addresses by which foreign clients call it
     */
    IssuedCertificate issueForServer(SubjectPublicKeyInfo key, WorkloadIdentity identity, List<String> hosts) {
        return issue(key, identity, hosts, SERVER_VALIDITY);
    }

    private IssuedCertificate issue(
            SubjectPublicKeyInfo key, WorkloadIdentity identity, List<String> hosts, Duration validity) {
        if (!identity.trustDomain().equals(trustDomain)) {
            throw new IllegalArgumentException(identity + " is not of trust domain " + trustDomain);
        }
        Instant now = clock.instant();
        Root root = current(now);
        Signer signer = signer(root);
        Instant end = now.plus(validity);
        Instant issuerEnd = signer.notAfter();
        if (!issuerEnd.isAfter(now)) {
            throw new IllegalStateException("the intermediate certificate has ended at " + issuerEnd);
        }
        Validity span = new Validity(now.minus(BACKDATE), end.isBefore(issuerEnd) ? end : issuerEnd);
        X509Certificate leaf = Certificates.leaf(key, signer.issuer(), identity, hosts, span, random);
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(leaf);
        chain.addAll(signer.chain());
        chain.add(root.certificate());
        return new IssuedCertificate(chain);
    }

    private Duration validity(Duration wanted) {
        Duration most = settings.leafValidity();
        if (wanted.isZero() || wanted.isNegative() || wanted.compareTo(most) > 0) {
            return most;
        }
        Duration least = AuthoritySettings.MIN_LEAF_VALIDITY;
        return wanted.compareTo(least) < 0 ? least : wanted;
    }

    /**
     * {@return a chain with more certificates behind it, by which also those can verify it who know only another root of the bundle:
     * for each such root a certificate by it for the active one, and that root itself, which join tokens pin}
     */
    List<X509Certificate> withCrosses(IssuedCertificate issued) {
        RootSet now = roots;
        List<X509Certificate> chain = new ArrayList<>(issued.chain());
        for (X509Certificate cross : now.active().crosses()) {
            now.bundle().stream()
                    .filter(root -> root.signed(cross) && chain.size() + 2 <= MAX_CHAIN)
                    .findFirst()
                    .ifPresent(root -> {
                        chain.add(cross);
                        chain.add(root.certificate());
                    });
        }
        return chain;
    }

    /** Whether there was nothing in the directory when this was opened. */
    boolean isNew() {
        return opening.isNew();
    }

    /** All roots there are and were. */
    RootSet rootSet() {
        return roots;
    }

    /** Whether a root's key is here. */
    boolean hasRootKey(Root root) {
        return root.state() != RootState.GONE && Files.exists(files.rootKey(root.id()));
    }

    /** Makes a root, or takes one over, and puts it in the trust bundle. */
    Root stage(@Nullable SigningMaterial material) throws IOException {
        Root staged;
        synchronized (changing) {
            staged =
                    (material == null ? opening.found() : opening.take(material)).in(RootState.STAGED, clock.instant());
            commit(roots.with(staged));
        }
        changed();
        return staged;
    }

    /** Moves a root to a state in which it does not sign. */
    void move(Root root, RootState state) throws IOException {
        synchronized (changing) {
            commit(roots.with(root.in(state, clock.instant())));
            if (state == RootState.GONE) {
                files.deleteKeys(root.id());
                earlier.forget(root.id());
            }
        }
        changed();
    }

    /**
     * Lets a root sign from now on; the one before stays trusted.
     *
     * @return ids of other roots in the bundle whose keys are not here: who trusts only one of them cannot verify what is below this one
     */
    List<String> activate(Root root) throws IOException {
        List<String> uncrossed = new ArrayList<>();
        synchronized (changing) {
            signer(root);
            List<X509Certificate> crosses = new ArrayList<>();
            Instant now = clock.instant();
            for (Root other : roots.bundle()) {
                if (!other.id().equals(root.id())) {
                    Optional<Issuer> issuer = files.issuer(other);
                    issuer.ifPresent(by -> crosses.add(cross(root, by, now)));
                    if (issuer.isEmpty()) {
                        uncrossed.add(other.id());
                    }
                }
            }
            files.storeCrosses(root.id(), crosses);
            commit(roots.with(roots.active().in(RootState.TRUSTED, now))
                    .with(root.with(crosses).in(RootState.ACTIVE, now)));
        }
        changed();
        return uncrossed;
    }

    private X509Certificate cross(Root root, Issuer by, Instant now) {
        Instant end = root.certificate().getNotAfter().toInstant();
        Instant otherEnd = by.certificate().getNotAfter().toInstant();
        return Certificates.cross(
                root.certificate(),
                by,
                trustDomain,
                new Validity(now.minus(BACKDATE), end.isBefore(otherEnd) ? end : otherEnd),
                random);
    }

    private void commit(RootSet changed) throws IOException {
        files.commit(changed.all());
        roots = changed;
    }

    /** Deletes what has been replaced and nobody needs any more. To be called now and then. */
    void forgetEarlier() {
        earlier.forget(clock.instant());
    }

    /** Outside of the lock: listeners issue certificates. */
    private void changed() {
        listeners.forEach(Runnable::run);
    }

    private static Signer signer(Root root) {
        Signer signer = root.signer();
        if (signer == null) {
            throw new IllegalStateException("there is no key to sign with below root " + root.id());
        }
        return signer;
    }

    /** Renews the intermediate in its last third, if the root's key is at hand. */
    private Root current(Instant now) {
        Root root = roots.active();
        if (!dueForRenewal(signer(root), now)) {
            return root;
        }
        boolean renewed = false;
        synchronized (changing) {
            Root active = roots.active();
            if (dueForRenewal(signer(active), now) && !now.isBefore(nextRenewal)) {
                nextRenewal = now.plus(RENEWAL_RETRY);
                renewed = renew(active);
            }
            root = roots.active();
        }
        if (renewed) {
            // Verifiers that have revocation lists need one of the new intermediate before its first certificate.
            changed();
        }
        return root;
    }

    private boolean renew(Root active) {
        Instant end = signer(active).notAfter();
        try {
            Optional<Issuer> issuer = files.issuer(active);
            if (issuer.isEmpty()) {
                LOG.error(
                        "the intermediate certificate ends at {} and cannot be renewed here: put the root's key to {},"
                                + " or give a newer intermediate in section authority of the settings",
                        end,
                        files.rootKey(active.id()));
                return false;
            }
            Signer renewed = opening.newSigner(issuer.get());
            earlier.keep(active.id(), signer(active), clock.instant());
            files.storeSigner(active.id(), renewed);
            roots = roots.with(active.with(renewed));
            nextRenewal = Instant.MIN;
            LOG.info("renewed the intermediate certificate until {}", renewed.notAfter());
            return true;
        } catch (IOException e) {
            LOG.error("cannot renew the intermediate certificate, which ends at {}", end, e);
            return false;
        }
    }

    private static boolean dueForRenewal(Signer signer, Instant now) {
        Instant begin = signer.certificate().getNotBefore().toInstant();
        Duration third = Duration.between(begin, signer.notAfter()).dividedBy(3);
        return now.isAfter(signer.notAfter().minus(third));
    }
}
