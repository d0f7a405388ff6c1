package io.inmesh.server.ca;

import io.inmesh.server.ca.AuthorityKeeper.OvertakenException;
import io.inmesh.server.ca.Certificates.Issuer;
import io.inmesh.server.ca.Certificates.Validity;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    private static final Logger LOG = LoggerFactory.getLogger(CertificateAuthority.class);

    private final String trustDomain;
    private final AuthoritySettings settings;
    private final AuthorityOpening opening;
    private final AuthorityKeeper keeper;
    private final InstantSource clock;
    private final SecureRandom random;
    private final RevocationLists revocations = new RevocationLists();
    private final Object renewing = new Object();
    private final RootKeys rootKeys;
    private Instant nextRenewal = Instant.MIN;

    private CertificateAuthority(
            String trustDomain,
            AuthoritySettings settings,
            AuthorityOpening opening,
            AuthorityKeeper keeper,
            RootKeys rootKeys,
            InstantSource clock,
            SecureRandom random) {
        this.trustDomain = trustDomain;
        this.settings = settings;
        this.opening = opening;
        this.keeper = keeper;
        this.rootKeys = rootKeys;
        this.clock = clock;
        this.random = random;
    }

    /** Opens with {@link AuthoritySettings#defaults}, in a directory and without a passphrase. */
    public static CertificateAuthority open(
            Path directory, String trustDomain, InstantSource clock, SecureRandom random) throws IOException {
        return open(
                new AuthorityDirectory(directory, KeyCipher.NONE),
                OwnFiles.NONE,
                trustDomain,
                AuthoritySettings.defaults(),
                clock,
                random);
    }

    /**
     * Opens the authority kept in {@code store}. If there is none, founds one, or takes over that which the settings name. Of several
     * servers that do so at once one does, and the others go by what it has made.
     *
     * @param seed what to begin with if there is nothing yet
     * @throws IOException if the state cannot be read, written or decrypted, is readable by others, does not belong together, belongs to
     *     another trust domain, or would sign what peers refuse; the message names the file or certificate and the remedy
     */
    static CertificateAuthority open(
            AuthorityStore store,
            OwnFiles seed,
            String trustDomain,
            AuthoritySettings settings,
            InstantSource clock,
            SecureRandom random)
            throws IOException {
        AuthorityOpening opening = new AuthorityOpening(trustDomain, settings, store, clock, random);
        AuthorityKeeper keeper = new AuthorityKeeper(store, opening.open(seed), opening::check);
        RootKeys rootKeys = RootKeys.look(keeper);
        return new CertificateAuthority(trustDomain, settings, opening, keeper, rootKeys, clock, random);
    }

    /** The trust domain of every identity issued here. */
    public String trustDomain() {
        return trustDomain;
    }

    /** How long workload certificates hold unless less is asked for; also the most that is given. */
    public Duration leafValidity() {
        return settings.leafValidity();
    }

    /** Whether the keys are encrypted where they are kept. */
    public boolean encryptsKeys() {
        return keeper.store().encrypts();
    }

    /**
     * {@return what keeps this server from going by what the store has, and which keys of roots cannot be used, in words for operators; empty
     * if nothing is wrong}
     */
    public List<String> problems() {
        return Stream.concat(keeper.problem().stream(), rootKeys.faults().stream())
                .toList();
    }

    /** {@return how many changes of the authority this server knows of; 0 if it is the only one that makes any} */
    long generation() {
        return keeper.state().copy().generation();
    }

    /** The trust bundle: every root that workloads have to trust, the one that signs first. */
    public List<X509Certificate> roots() {
        return rootSet().bundle().stream().map(Root::certificate).toList();
    }

    /**
     * The deny list as revocation lists of everything that signs workloads here, or has signed such as can still be in use, PEM; empty if
     * nobody is denied. It only reads what is known here: callers hold locks, and must not wait for the store.
     */
    public String revocationLists(DenyList.Denied denied) {
        Instant now = clock.instant();
        AuthorityState state = keeper.state();
        List<Issuer> issuers = state.roots().bundle().stream()
                .flatMap(root -> Stream.concat(
                        Stream.ofNullable(root.signer()).map(Signer::issuer), state.earlier().of(root, now).stream()))
                .distinct()
                .toList();
        return revocations.of(denied, issuers, now);
    }

    /**
     * Renews the intermediate in its last third, if the root's key is at hand; after a failure not before an hour is over. To be called
     * every minute or so, on a thread that may wait for the store, and without locks: listeners are told. Keys of roots that could not be
     * used are looked at again.
     */
    public void renewIfDue() {
        rootKeys.lookAgain();
        current(clock.instant());
    }

    /** SHA-256 of the root below which certificates are issued, which new join tokens pin. */
    public byte[] rootHash() {
        return Root.hash(rootSet().active().certificate());
    }

    /** Calls a listener after every change of the roots, whoever made it, on the thread that made or heard of it. It must be short. */
    public void onChange(Runnable listener) {
        keeper.onChange(listener);
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
        return rootSet().withCrosses(issued.chain());
    }

    /** Whether there was nothing before this was opened. */
    boolean isNew() {
        return opening.isNew();
    }

    /** All roots there are and were. */
    RootSet rootSet() {
        return keeper.state().roots();
    }

    /** Whether a root's key is here. */
    boolean hasRootKey(Root root) {
        try {
            return root.state() != RootState.GONE
                    && new AuthorityTexts(keeper.store(), keeper.state().copy()).hasRootKey(root.id());
        } catch (IOException e) {
            LOG.warn("it cannot be seen whether the key of root {} is here", root.id(), e);
            return false;
        }
    }

    /** Makes a root, or takes one over, and puts it in the trust bundle. */
    Root stage(@Nullable SigningMaterial material) throws IOException {
        List<Root> staged = new ArrayList<>();
        keeper.change(List.of(), (texts, now) -> {
            Root taken = material == null ? opening.found(texts) : opening.take(texts, material);
            staged.add(taken.in(RootState.STAGED, clock.instant()));
            return now.roots().with(staged.get(0));
        });
        return staged.get(0);
    }

    /**
     * Moves a root to a state in which it does not sign.
     *
     * @param fence what else has to be so
     */
    void move(Root root, RootState to, List<Guard> fence) throws IOException {
        keeper.change(fence, (texts, now) -> {
            Root found = same(root, now);
            if (to == RootState.GONE) {
                texts.deleteKeys(root.id());
            }
            return now.roots().with(found.in(to, clock.instant()));
        });
    }

    /**
     * Lets a root sign from now on; the one before stays trusted.
     *
     * @return ids of other roots in the bundle whose keys are not here: who trusts only one of them cannot verify what is below this one
     */
    List<String> activate(Root root) throws IOException {
        List<String> uncrossed = new ArrayList<>();
        keeper.change(List.of(), (texts, state) -> {
            Root found = same(root, state);
            signer(found);
            List<X509Certificate> crosses = new ArrayList<>();
            Instant now = clock.instant();
            RootSet roots = state.roots();
            for (Root other : roots.bundle()) {
                if (!other.id().equals(root.id())) {
                    Optional<Issuer> issuer = texts.issuer(other);
                    issuer.ifPresent(by -> crosses.add(cross(root, by, now)));
                    if (issuer.isEmpty()) {
                        uncrossed.add(other.id());
                    }
                }
            }
            texts.storeCrosses(root.id(), crosses);
            return roots.with(roots.active().in(RootState.TRUSTED, now))
                    .with(found.with(crosses).in(RootState.ACTIVE, now));
        });
        return uncrossed;
    }

    /** A step is judged by the state that a root is in; if that is another one by now, the step is not taken. */
    private static Root same(Root judged, AuthorityState now) throws OvertakenException {
        return now.roots()
                .get(judged.id())
                .filter(root -> root.state() == judged.state())
                .orElseThrow(OvertakenException::new);
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

    /** Deletes what has been replaced and nobody needs any more, if the fence holds. To be called now and then. */
    void forgetEarlier(List<Guard> fence) throws IOException {
        Instant now = clock.instant();
        if (!keeper.state().earlier().over(now).isEmpty()) {
            keeper.change(fence, (texts, state) -> {
                state.earlier().over(now).forEach(texts::remove);
                return state.roots();
            });
        }
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
        Root root = rootSet().active();
        if (!dueForRenewal(signer(root), now)) {
            return root;
        }
        synchronized (renewing) {
            if (now.isBefore(nextRenewal)) {
                return root;
            }
            nextRenewal = now.plus(RENEWAL_RETRY);
        }
        // Outside of the lock: whoever is told issues certificates, and others may go on with the one that ends.
        if (renew(now)) {
            synchronized (renewing) {
                nextRenewal = Instant.MIN;
            }
        }
        return rootSet().active();
    }

    /** {@return whether the intermediate has been renewed, here or by another server} */
    private boolean renew(Instant now) {
        Instant end = signer(rootSet().active()).notAfter();
        try {
            // Its listeners are told: verifiers that have revocation lists need one of the new one before its first
            // certificate.
            keeper.change(List.of(), (texts, state) -> {
                Root active = state.roots().active();
                Signer before = signer(active);
                if (!dueForRenewal(before, now)) {
                    throw new OvertakenException();
                }
                Issuer issuer = texts.issuer(active)
                        .orElseThrow(
                                () -> new IOException(keeper.store().missingKey(AuthorityTexts.rootKey(active.id()))));
                EarlierSigners.keep(texts, active.id(), before, now);
                texts.storeSigner(active.id(), opening.newSigner(issuer));
                return state.roots();
            });
            LOG.info(
                    "renewed the intermediate certificate until {}",
                    signer(rootSet().active()).notAfter());
            return true;
        } catch (OvertakenException e) {
            LOG.info("another control server has renewed the intermediate certificate");
            return true;
        } catch (IOException | StoreUnavailableException e) {
            LOG.error(
                    "cannot renew the intermediate certificate, which ends at {}; it is tried again in {}: {}",
                    end,
                    RENEWAL_RETRY,
                    e.getMessage());
            LOG.debug("why it cannot be renewed", e);
            return false;
        }
    }

    private static boolean dueForRenewal(Signer signer, Instant now) {
        Instant begin = signer.certificate().getNotBefore().toInstant();
        Duration third = Duration.between(begin, signer.notAfter()).dividedBy(3);
        return now.isAfter(signer.notAfter().minus(third));
    }
}
