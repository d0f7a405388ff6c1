package io.inmesh.client;

import io.inmesh.client.identity.Certificates;
import io.inmesh.client.identity.Chains;
import io.inmesh.client.identity.IdentityPem;
import io.inmesh.client.translate.InvalidResourceException;
import io.inmesh.client.translate.ResourceTranslator;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.time.Clock;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the last good state in a {@link StateFolder}, so that a process can start while no control server is there: what was
 * accepted, signed by this workload ({@link StateSeal}), and on request the identity, key included.
 *
 * <p>Keeping the key is a trade: whoever can read this user's files can be this workload until the certificate ends. Without it a
 * restart has to wait for the control server, since nobody speaks mutual TLS without a certificate.
 *
 * <p>Which signers are believed comes from outside of the folder where there is a token: the root that it pins, or those in the file
 * beside it, and those that have followed them ({@link KnownRoots}). Without one it is the root of the identity in the folder, which then
 * vouches for itself.
 */
final class StateKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(StateKeeper.class);
    private static final String IDENTITY = "identity.pem";
    private static final String RESOURCES = "resources";

    /** Changes often come several at once; one save does for them. */
    private static final long SAVE_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final StateFolder folder;
    private final ControlClientSettings settings;
    private final @Nullable KnownRoots roots;
    private final ControlThread thread;
    private final IdentityHolder identity;
    private final Clock clock;
    private final ResourceStore store;
    private @Nullable X509Certificate ownRoot;
    private boolean savePending;
    private volatile @Nullable Instant savedAt;

    StateKeeper(
            StateFolder folder,
            ControlClientSettings settings,
            @Nullable Credential token,
            ControlThread thread,
            IdentityHolder identity,
            Clock clock,
            ResourceStore store) {
        this.folder = folder;
        this.settings = settings;
        this.roots = token == null ? null : new KnownRoots(folder, token.roots()::contains);
        this.thread = thread;
        this.identity = identity;
        this.clock = clock;
        this.store = store;
    }

    /** {@return when the state was saved last, by this process or one before it; null if it never was} */
    @Nullable
    Instant savedAt() {
        return savedAt;
    }

    /** {@return the identity saved last, null if there is none that is valid and of the root that is believed} */
    Certificates.@Nullable Issued loadIdentity() {
        if (settings.plaintext() || !settings.keepIdentity()) {
            return null;
        }
        Certificates.Issued saved = folder.load(IDENTITY, this::readIdentity);
        if (saved == null) {
            return null;
        }
        X509Certificate leaf = saved.identity().leaf();
        if (leaf.getNotAfter().getTime() <= clock.epochMillis()) {
            LOG.warn(
                    "the certificate in {} ended at {}",
                    folder,
                    leaf.getNotAfter().toInstant());
            return null;
        }
        return saved;
    }

    private Certificates.Issued readIdentity(byte[] bytes) throws IOException {
        Certificates.Issued saved = IdentityPem.read(bytes);
        try {
            List<X509Certificate> chain = Chains.withRoot(saved.identity(), saved.trust());
            Chains.check(chain, chain.get(0).getNotBefore());
            X509Certificate root = chain.get(chain.size() - 1);
            // Says what is wrong with it, as a key that is not the certificate's.
            new IdentityHolder(clock).update(saved.identity(), saved.trust());
            CertificateKeeper.checkNamespace(saved.identity().id(), settings.namespace());
            if (roots != null && !roots.known(root)) {
                throw new IOException(
                        "its root is not one that the token pins or INMESH_CA_FILE holds, nor one that has followed it");
            }
            ownRoot = root;
            return saved;
        } catch (GeneralSecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private boolean known(X509Certificate root) {
        return roots != null ? roots.known(root) : root.equals(ownRoot);
    }

    /** The trust bundle has changed; what is below its other roots is to be believed after a restart as well. */
    void follow(Collection<X509Certificate> bundle) {
        IdentityEpoch epoch = identity.current();
        if (roots == null || epoch == null) {
            return;
        }
        try {
            roots.follow(bundle, epoch.identity(), Chains.withRoot(epoch.identity(), epoch.trust()));
        } catch (CertificateException e) {
            LOG.warn("the roots that follow are not saved in {}: {}", folder, e.getMessage());
        }
    }

    /** {@return whether there was a state that can be used; the store then holds it} */
    boolean loadResources() {
        SavedState saved = folder.load(
                RESOURCES,
                bytes -> SavedState.decode(StateSeal.open(bytes, settings.plaintext() ? null : this::known)));
        if (saved == null) {
            return false;
        }
        for (SavedState.Entry entry : saved.resources()) {
            restore(entry);
        }
        savedAt = saved.savedAt();
        LOG.info("starting with {} resources saved at {}", saved.resources().size(), saved.savedAt());
        return true;
    }

    private void restore(SavedState.Entry entry) {
        if (!store.knows(entry.typeUrl())) {
            return;
        }
        try {
            store.restore(ResourceTranslator.translate(entry.typeUrl(), entry.name(), entry.bytes()), entry.version());
        } catch (InvalidResourceException e) {
            // Another version of this client may have understood it.
            LOG.warn("a saved resource is not used: {}", e.getMessage());
        }
    }

    /** Saves the identity of now, if that is asked for. */
    void saveIdentity() {
        IdentityEpoch epoch = identity.current();
        try {
            if (!settings.keepIdentity()) {
                folder.delete(IDENTITY);
            } else if (epoch != null) {
                List<X509Certificate> chain = Chains.withRoot(epoch.identity(), epoch.trust());
                folder.save(IDENTITY, IdentityPem.write(epoch.identity(), chain));
            }
        } catch (IOException | GeneralSecurityException e) {
            LOG.warn("the identity could not be saved in {}: {}", folder, e.getMessage());
        }
    }

    /** Saves what the store holds, soon. */
    void saveSoon() {
        if (!savePending) {
            savePending = true;
            thread.schedule(this::saveNow, SAVE_AFTER_NANOS);
        }
    }

    private void saveNow() {
        if (!savePending) {
            return;
        }
        savePending = false;
        IdentityEpoch epoch = identity.current();
        if (epoch == null && !settings.plaintext()) {
            return;
        }
        Instant now = Instant.ofEpochMilli(clock.epochMillis());
        try {
            byte[] content = SavedState.of(store, now).encode();
            byte[] signed = epoch == null
                    ? StateSeal.seal(content, null, List.of())
                    : StateSeal.seal(content, epoch.identity(), Chains.withRoot(epoch.identity(), epoch.trust()));
            folder.save(RESOURCES, signed);
            savedAt = now;
        } catch (IOException | GeneralSecurityException e) {
            LOG.warn("the state could not be saved in {}: {}", folder, e.getMessage());
        }
    }

    /** Saves what waits to be saved, and lets go of the folder. */
    void close() {
        saveNow();
        folder.close();
    }
}
