package io.inmesh.server.ca;

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
    private final AuthorityFiles files;
    private final EarlierSigners earlier;
    private final InstantSource clock;
    private final SecureRandom random;
    private boolean isNew;

    AuthorityOpening(
            String trustDomain,
            AuthoritySettings settings,
            AuthorityFiles files,
            EarlierSigners earlier,
            InstantSource clock,
            SecureRandom random) {
        this.trustDomain = trustDomain;
        this.settings = settings;
        this.files = files;
        this.earlier = earlier;
        this.clock = clock;
        this.random = random;
    }

    /** {@return the roots to begin with; one of them is active and can sign} */
    RootSet open() throws IOException {
        RootSet roots = new RootSet(files.load());
        isNew = roots.all().isEmpty();
        int encrypted = files.encryptKeys(roots.all());
        if (encrypted > 0) {
            LOG.info("{} key files of the authority were not encrypted yet and are now", encrypted);
        }
        for (Root root : roots.all()) {
            finish(root);
        }
        earlier.load(roots.all(), clock.instant());
        roots = isNew ? kept(roots) : roots;
        roots = brought(roots);
        if (roots.all().isEmpty()) {
            roots = founded(found());
        }
        if (!files.cipher().encrypts()) {
            LOG.warn(
                    "the authority's keys are not encrypted: whoever reads its directory can be anybody in the mesh."
                            + " Set {} or authority.passphraseFile",
                    AuthoritySettings.PASSPHRASE_VARIABLE);
        }
        return usable(roots);
    }

    /** {@return whether {@link #open} found nothing} */
    boolean isNew() {
        return isNew;
    }

    /** A new root with an intermediate below it, with files, not yet in any state. */
    Root found() throws IOException {
        Instant now = clock.instant();
        KeyPair key = settings.keyAlgorithm().newKey(random);
        X509Certificate certificate = Certificates.root(
                key,
                trustDomain,
                new Validity(now.minus(CertificateAuthority.BACKDATE), now.plus(settings.rootValidity())),
                random);
        return take(new SigningMaterial(certificate, key.getPrivate(), null));
    }

    /** A root made elsewhere, with files, not yet in any state. What came along is checked first. */
    Root take(SigningMaterial material) throws IOException {
        AuthorityCheck check = new AuthorityCheck(trustDomain, clock.instant(), random);
        check.root(material.root());
        if (material.signer() != null) {
            check.signer(material.signer(), material.root());
        }
        String id = Root.idOf(material.root());
        files.storeRoot(material.root(), material.rootKey());
        Signer signer = material.signer();
        if (signer == null && material.rootKey() != null) {
            signer = newSigner(new Issuer(material.root(), material.rootKey()));
            check.signer(signer, material.root());
        }
        if (signer != null) {
            files.storeSigner(id, signer);
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

    private RootSet founded(Root root) throws IOException {
        RootSet roots = new RootSet(List.of(root.in(RootState.ACTIVE, clock.instant())));
        files.commit(roots.all());
        LOG.info("founded a certificate authority for trust domain {}, root {}", trustDomain, root.id());
        return roots;
    }

    /** The one root of a directory in its earlier layout. Its files go last, so a crash on the way loses nothing. */
    private RootSet kept(RootSet none) throws IOException {
        EarlierLayout earlier = files.earlierLayout();
        Optional<SigningMaterial> material = earlier.read();
        if (material.isEmpty()) {
            return none;
        }
        Root root = take(material.get());
        RootSet roots = new RootSet(List.of(root.in(RootState.ACTIVE, clock.instant())));
        files.commit(roots.all());
        earlier.remove();
        LOG.info("the authority's files are now those of root {}, which stays as it was", root.id());
        return roots;
    }

    /** What the settings bring along: to begin with if there is nothing yet, else another root to activate, or a newer intermediate. */
    private RootSet brought(RootSet roots) throws IOException {
        RootSet now = roots;
        boolean changed = false;
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
                earlier.keep(known.id(), known.signer(), clock.instant());
            }
            Root taken = take(material);
            boolean first = now.all().stream().noneMatch(root -> root.state() == RootState.ACTIVE);
            RootState state = known != null
                    ? known.state()
                    : first && taken.signer() != null ? RootState.ACTIVE : first ? RootState.TRUSTED : RootState.STAGED;
            Signer newer = taken.signer();
            now = now.with(known == null || newer == null ? taken.in(state, clock.instant()) : known.with(newer));
            changed = true;
            LOG.info("took over root {} from {}, state {}", id, material.root().getSubjectX500Principal(), state);
        }
        if (changed) {
            files.commit(now.all());
        }
        return now;
    }

    private static boolean same(Signer one, @Nullable Signer other) {
        return other != null && one.chain().equals(other.chain());
    }

    /** Ends what a crash may have interrupted after its commit. */
    private void finish(Root root) throws IOException {
        if (root.state() == RootState.GONE) {
            files.deleteKeys(root.id());
        }
    }

    /** Better not to start than to sign what nobody can verify. */
    private RootSet usable(RootSet roots) throws IOException {
        List<Root> usable = new ArrayList<>();
        for (Root root : roots.all()) {
            usable.add(root.state() == RootState.ACTIVE ? usable(root) : root);
        }
        return new RootSet(usable);
    }

    private Root usable(Root active) throws IOException {
        AuthorityCheck check = new AuthorityCheck(trustDomain, clock.instant(), random);
        try {
            check.root(active.certificate());
            Signer signer = active.signer();
            if (signer == null || expired(signer)) {
                signer = newSigner(files.issuer(active)
                        .orElseThrow(() -> new IOException(
                                "the intermediate has to be renewed, which needs the root's key: put it back to "
                                        + files.rootKey(active.id()) + " and start again")));
                files.storeSigner(active.id(), signer);
            }
            if (!SigningMaterial.belongs(signer.key(), signer.certificate().getPublicKey())) {
                throw new IOException("the key of signer.pem does not belong to its first certificate");
            }
            check.signer(signer, active.certificate());
            return active.with(signer);
        } catch (IOException e) {
            throw new IOException("the authority cannot be used: " + e.getMessage(), e);
        }
    }

    private boolean expired(Signer signer) {
        return clock.instant().plus(Duration.ofMinutes(1)).isAfter(signer.notAfter());
    }
}
