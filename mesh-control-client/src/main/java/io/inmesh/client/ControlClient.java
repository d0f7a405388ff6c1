package io.inmesh.client;

import io.inmesh.client.identity.Certificates;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.spi.ControlPlane;
import io.inmesh.spi.ControlPlaneStatus;
import io.inmesh.spi.MeshLink;
import io.inmesh.time.Randomness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one mesh in step with its control plane over one connection: discovery (incremental or state of the world), certificates,
 * registration and load reports. Works with any xDS v3 server; registration and certificates need one that offers them.
 */
public final class ControlClient implements ControlPlane {

    private static final Logger LOG = LoggerFactory.getLogger(ControlClient.class);

    private final ControlClientSettings settings;
    private final Randomness randomness = Randomness.SYSTEM;
    private final ControlThread thread = new ControlThread();
    private final ResourceStore store = new ResourceStore();
    private final Node node;
    private final @Nullable JoinToken token;
    private final @Nullable StateFolder state;

    private final Instant created = Instant.now();

    // Written once on the control thread; read by status() on others.
    private volatile @Nullable MeshLink mesh;
    private volatile @Nullable Link link;
    private volatile @Nullable Publisher publisher;
    private volatile @Nullable Registration registration;
    private volatile @Nullable Discovery discovery;
    private volatile boolean closed;

    /**
     * Makes a client that has not yet begun.
     *
     * @param settings how to join
     * @throws IllegalArgumentException if the token file or the state folder cannot be used
     */
    public ControlClient(ControlClientSettings settings) {
        this.settings = settings;
        this.token = token(settings.tokenFile());
        this.state = state(settings.stateDir());
        this.node = new Node(
                settings,
                settings.service() + "-" + UUID.randomUUID().toString().substring(0, 8));
    }

    private static @Nullable JoinToken token(@Nullable Path file) {
        if (file == null) {
            return null;
        }
        try {
            return JoinToken.parse(Files.readString(file));
        } catch (IOException e) {
            throw new IllegalArgumentException("INMESH_TOKEN_FILE " + file + " cannot be read: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("INMESH_TOKEN_FILE " + file + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable StateFolder state(@Nullable Path folder) {
        if (folder == null) {
            return null;
        }
        try {
            return StateFolder.open(folder);
        } catch (IOException e) {
            throw new IllegalArgumentException("INMESH_STATE_DIR " + folder + " cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean givesIdentity() {
        return !settings.plaintext();
    }

    @Override
    public void start(MeshLink link) {
        thread.execute(() -> begin(link));
    }

    private void begin(MeshLink meshLink) {
        mesh = meshLink;
        Link connection =
                new Link(settings, meshLink.identity(), token == null ? null : token.rootSha256(), randomness);
        link = connection;
        Publisher configs = new Publisher(store, meshLink, thread, this::save);
        publisher = configs;
        Registration self = new Registration(node, meshLink.identity());
        registration = self;
        discovery = new Discovery(
                connection, meshLink, thread, store, configs, self, randomness, settings.stateOfTheWorld());
        CertificateKeeper keeper = new CertificateKeeper(
                connection, meshLink.identity(), token, thread, meshLink.clock(), randomness, this::identityIssued);
        restore(meshLink, keeper);
        if (settings.plaintext() || meshLink.identity().current() != null) {
            required(discovery).open();
        } else if (token != null) {
            keeper.request();
        } else {
            LOG.error("there is neither a certificate in INMESH_STATE_DIR nor a join token in INMESH_TOKEN_FILE;"
                    + " this process cannot join the mesh. Make a token with: meshctl token create");
        }
    }

    private void restore(MeshLink meshLink, CertificateKeeper keeper) {
        StateFolder folder = state;
        if (folder == null) {
            return;
        }
        if (settings.keepIdentity()) {
            folder.loadIdentity().ifPresent(saved -> {
                if (saved.identity().expiresAtMillis() <= meshLink.clock().epochMillis()) {
                    LOG.warn(
                            "the saved certificate ended at {}",
                            saved.identity().leaf().getNotAfter());
                    return;
                }
                meshLink.identity().update(saved.identity(), saved.trust());
                keeper.scheduleRenewal(saved.identity());
            });
        }
        List<StateFolder.Saved> saved = folder.loadResources();
        for (StateFolder.Saved resource : saved) {
            if (store.knows(resource.typeUrl())) {
                store.type(resource.typeUrl()).accept(resource.name(), resource.resource());
            }
        }
        if (!saved.isEmpty()) {
            required(discovery).rename();
            LOG.info("starting with {} resources of the last good state", saved.size());
            required(publisher).publish();
        }
    }

    private void identityIssued(Certificates.Issued issued) {
        StateFolder folder = state;
        if (folder != null && settings.keepIdentity()) {
            try {
                folder.saveIdentity(issued.identity(), issued.trust());
            } catch (IOException e) {
                LOG.warn("the identity could not be saved in {}: {}", settings.stateDir(), e.getMessage());
            }
        }
        if (required(discovery).wire() == null) {
            // The connection so far presented no certificate.
            required(link).renew();
            required(discovery).open();
        }
    }

    private void save() {
        StateFolder folder = state;
        if (folder == null || !required(discovery).connected()) {
            return;
        }
        try {
            folder.saveResources(store);
        } catch (IOException e) {
            LOG.warn("the state could not be saved in {}: {}", settings.stateDir(), e.getMessage());
        }
    }

    // -- registration

    @Override
    public void serve(Map<String, Integer> portsByName) {
        Map<String, Integer> copy = Map.copyOf(portsByName);
        thread.execute(
                () -> required(registration).serve(copy, required(discovery).wire()));
    }

    @Override
    public CompletionStage<Void> drain() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        thread.execute(
                () -> required(registration).drain(done, required(discovery).wire()));
        return done;
    }

    // -- status and end

    @Override
    public ControlPlaneStatus status() {
        MeshLink current = mesh;
        Discovery stream = discovery;
        Publisher configs = publisher;
        IdentityEpoch epoch = current == null ? null : current.identity().current();
        String rejection = stream == null ? null : stream.lastRejection();
        return new ControlPlaneStatus(
                stream != null && stream.connected(),
                stream == null ? created : stream.since(),
                stream == null || stream.server().isEmpty() ? String.join(", ", settings.servers()) : stream.server(),
                stream == null ? Map.of() : stream.versions(),
                rejection != null || configs == null ? rejection : configs.lastRejection(),
                configs == null ? List.of() : configs.ignoredFields(),
                epoch == null ? null : epoch.identity().leaf().getNotAfter().toInstant(),
                state == null ? null : state.savedAt());
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        CompletableFuture<Void> done = new CompletableFuture<>();
        thread.execute(() -> {
            if (discovery != null) {
                discovery.close();
            }
            if (link != null) {
                link.close();
            }
            done.complete(null);
        });
        done.orTimeout(5, TimeUnit.SECONDS).exceptionally(late -> null).join();
        thread.close();
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the control client has not begun");
        }
        return value;
    }
}
