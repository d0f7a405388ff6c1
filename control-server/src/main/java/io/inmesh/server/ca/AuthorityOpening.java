package io.inmesh.server.ca;

import io.inmesh.server.ca.AuthorityStore.Copy;
import io.inmesh.server.ca.Certificates.Issuer;
import io.inmesh.server.ca.Certificates.Validity;
import java.io.IOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How an authority comes to be: opened as it was left, founded, or taken over from files made elsewhere. */
final class AuthorityOpening {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorityOpening.class);

    private final String trustDomain;
    private final AuthoritySettings settings;
    private final AuthorityStore store;
    private final InstantSource clock;
    private final SecureRandom random;
    private final List<String> news = new ArrayList<>();
    private boolean isNew;

    AuthorityOpening(
            String trustDomain,
            AuthoritySettings settings,
            AuthorityStore store,
            InstantSource clock,
            SecureRandom random) {
        this.trustDomain = trustDomain;
        this.settings = settings;
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    /**
     * {@return the state to begin with; one of its roots is active and can sign}
     *
     * @param seed what to begin with if there is nothing yet
     */
    AuthorityState open(OwnFiles seed) throws IOException {
        while (true) {
            news.clear();
            AuthorityTexts texts = new AuthorityTexts(store, store.read());
            RootSet before = new RootSet(texts.roots());
            RootSet roots = open(texts, before, seed);
            if (!roots.equals(before)) {
                texts.state(roots.all());
            }
            Optional<Copy> copy = texts.commit(List.of());
            if (copy.isPresent()) {
                news.forEach(LOG::info);
                if (!store.encrypts()) {
                    LOG.warn(
                            "the authority's keys are not encrypted: whoever reads its directory can be anybody in the"
                                    + " mesh. Set {} or authority.passphraseFile",
                            AuthoritySettings.PASSPHRASE_VARIABLE);
                }
                return AuthorityState.read(store, copy.get());
            }
            LOG.info("another control server has been quicker with the authority; this one goes by what that one made");
        }
    }

    private RootSet open(AuthorityTexts texts, RootSet before, OwnFiles seed) throws IOException {
        int encrypted = texts.encryptKeys(before.all());
        if (encrypted > 0) {
            news.add(encrypted + " key files of the authority were not encrypted yet and are now");
        }
        RootSet roots = before;
        if (before.all().isEmpty()) {
            seed.texts().forEach(texts::put);
            roots = kept(texts, new RootSet(texts.roots()));
        } else {
            seed.join(store, texts, before, clock.instant());
        }
        for (Root root : roots.all()) {
            if (root.state() == RootState.GONE) {
                // Ends what a crash may have interrupted.
                texts.deleteKeys(root.id());
            }
        }
        // What cannot be read must not get into a store either, where all servers would stumble over it.
        EarlierSigners.read(texts, roots.all()).over(clock.instant()).forEach(texts::remove);
        isNew = roots.all().isEmpty();
        if (isNew) {
            settings.whenMissing().allow(store.whole());
        }
        roots = brought(texts, roots);
        if (roots.all().isEmpty()) {
            Root root = found(texts);
            roots = new RootSet(List.of(root.in(RootState.ACTIVE, clock.instant())));
            news.add("founded a certificate authority for trust domain " + trustDomain + ", root " + root.id());
        }
        return usable(texts, roots);
    }

    /** {@return whether nobody can have a certificate yet: {@link #open} found nothing, neither in the store nor in the seed} */
    boolean isNew() {
        return isNew;
    }

    /** A new root with an intermediate below it, with texts, not yet in any state. */
    Root found(AuthorityTexts texts) throws IOException {
        Instant now = clock.instant();
        KeyPair key = settings.keyAlgorithm().newKey(random);
        X509Certificate certificate = Certificates.root(
                key,
                trustDomain,
                new Validity(now.minus(CertificateAuthority.BACKDATE), now.plus(settings.rootValidity())),
                random);
        return take(texts, new SigningMaterial(certificate, key.getPrivate(), null));
    }

    /** A root made elsewhere, with texts, not yet in any state. What came along is checked first. */
    Root take(AuthorityTexts texts, SigningMaterial material) throws IOException {
        AuthorityCheck check = new AuthorityCheck(trustDomain, clock.instant(), random);
        check.root(material.root());
        if (material.signer() != null) {
            check.signer(material.signer(), material.root());
        }
        String id = Root.idOf(material.root());
        texts.storeRoot(material.root(), material.rootKey());
        Signer signer = material.signer();
        if (signer == null && material.rootKey() != null) {
            signer = newSigner(new Issuer(material.root(), material.rootKey()));
            check.signer(signer, material.root());
        }
        if (signer != null) {
            texts.storeSigner(id, signer);
        }
        return new Root(id, RootState.STAGED, clock.instant(), material.root(), signer, List.of());
    }

    /** A new intermediate below a root. */
    Signer newSigner(Issuer root) {
        Instant now = clock.instant();
        KeyPair key = settings.keyAlgorithm().newKey(random);
        Instant rootEnd = root.certificate().getNotAfter().toInstant();
        Instant end = now.plus(settings.intermediateValidity());
        X509Certificate certificate = Certificates.intermediate(
                key,
                root,
                trustDomain,
                new Validity(now.minus(CertificateAuthority.BACKDATE), end.isBefore(rootEnd) ? end : rootEnd),
                random);
        return new Signer(List.of(certificate), key.getPrivate());
    }

    /** The one root of texts in their earlier layout. */
    private RootSet kept(AuthorityTexts texts, RootSet none) throws IOException {
        EarlierLayout earlier = texts.earlierLayout();
        Optional<SigningMaterial> material = none.all().isEmpty() ? earlier.read() : Optional.empty();
        if (material.isEmpty()) {
            return none;
        }
        Root root = take(texts, material.get());
        earlier.remove();
        news.add("the authority's files are now those of root " + root.id() + ", which stays as it was");
        return new RootSet(List.of(root.in(RootState.ACTIVE, clock.instant())));
    }

    /** What the settings bring along: to begin with if there is nothing yet, else another root to activate, or a newer intermediate. */
    private RootSet brought(AuthorityTexts texts, RootSet roots) throws IOException {
        RootSet now = roots;
        for (SigningMaterial material : BroughtFiles.read(settings)) {
            String id = Root.idOf(material.root());
            Root known = now.get(id).orElse(null);
            if (known != null && (material.signer() == null || same(material.signer(), known.signer()))) {
                continue;
            }
            if (known != null && !known.state().inBundle()) {
                throw new IOException("the settings name root " + id + ", which is " + known.state()
                        + " already; take it out of authority.roots");
            }
            if (known != null && known.signer() != null) {
                if (store.shared() && begins(known.signer()).isAfter(begins(material.signer()))) {
                    LOG.warn(
                            "the settings name an older intermediate below root {} than another server has brought, which"
                                    + " is kept; give all servers the same files",
                            id);
                    continue;
                }
                EarlierSigners.keep(texts, known.id(), known.signer(), clock.instant());
            }
            Root taken = take(texts, material);
            boolean first = now.all().stream().noneMatch(root -> root.state() == RootState.ACTIVE);
            RootState state = known != null
                    ? known.state()
                    : first && taken.signer() != null ? RootState.ACTIVE : first ? RootState.TRUSTED : RootState.STAGED;
            Signer newer = taken.signer();
            now = now.with(known == null || newer == null ? taken.in(state, clock.instant()) : known.with(newer));
            news.add(
                    "took over root " + id + " from " + material.root().getSubjectX500Principal() + ", state " + state);
        }
        return now;
    }

    private static Instant begins(@Nullable Signer signer) {
        return signer == null
                ? Instant.MIN
                : signer.certificate().getNotBefore().toInstant();
    }

    private static boolean same(Signer one, @Nullable Signer other) {
        return other != null && one.chain().equals(other.chain());
    }

    /** Better not to start than to sign what nobody can verify. */
    private RootSet usable(AuthorityTexts texts, RootSet roots) throws IOException {
        try {
            Root active = roots.active();
            Signer signer = active.signer();
            if (signer == null || expired(signer)) {
                signer = newSigner(texts.issuer(active)
                        .orElseThrow(
                                () -> new IOException("the intermediate has to be renewed, which needs the root's key: "
                                        + store.missingKey(AuthorityTexts.rootKey(active.id()))
                                        + " and start again")));
                texts.storeSigner(active.id(), signer);
            }
            RootSet usable = roots.with(active.with(signer));
            check(usable);
            return usable;
        } catch (IOException | IllegalStateException e) {
            throw new IOException("the authority cannot be used: " + e.getMessage(), e);
        }
    }

    /** Whether the active root of some, and what signs below it, will do. */
    void check(RootSet roots) throws IOException {
        AuthorityCheck check = new AuthorityCheck(trustDomain, clock.instant(), random);
        Root active = roots.active();
        Signer signer = active.signer();
        check.root(active.certificate());
        if (signer == null) {
            throw new IOException("there is no key to sign with below root " + active.id());
        }
        if (!SigningMaterial.belongs(signer.key(), signer.certificate().getPublicKey())) {
            throw new IOException("the key of signer.pem does not belong to its first certificate");
        }
        check.signer(signer, active.certificate());
    }

    private boolean expired(Signer signer) {
        return clock.instant().plus(Duration.ofMinutes(1)).isAfter(signer.notAfter());
    }
}
