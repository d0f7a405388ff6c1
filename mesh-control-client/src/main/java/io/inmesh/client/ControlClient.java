package io.inmesh.client;

import io.inmesh.identity.IdentityEpoch;
import io.inmesh.spi.ControlPlane;
import io.inmesh.spi.ControlPlaneStatus;
import io.inmesh.spi.MeshLink;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one mesh in step with its control plane over one connection: discovery (incremental or state of the world), certificates,
 * registration and load reports. Works with any xDS v3 server; registration and certificates need one that offers them.
 *
 * <pre>{@code
 * Mesh mesh = Mesh.builder()
 *     .controlPlane(ControlClient.builder().server("localhost:15012").service("reviews").tokenFile(token).build())
 *     .build();
 * }</pre>
 *
 * <p>If the control server goes away, the mesh goes on with what it knows; with a state folder it can even start so.
 */
public final class ControlClient implements ControlPlane {

    private static final Logger LOG = LoggerFactory.getLogger(ControlClient.class);
    private static final long CLOSE_SECONDS = 5;

    private final ControlClientSettings settings;
    private final NameResolver resolver;
    private final Randomness randomness;
    private final @Nullable Credential token;
    private final @Nullable StateFolder folder;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Running running;

    private record Running(MeshLink mesh, ControlThread thread, Session session, Progress progress) {}

    /**
     * Makes a client that has not yet begun.
     *
     * @param settings how to join
     * @throws IllegalArgumentException if the token file or the state folder cannot be used; the message says what to do
     */
    public ControlClient(ControlClientSettings settings) {
        this(settings, NameResolver.JDK, Randomness.SYSTEM);
    }

    ControlClient(ControlClientSettings settings, NameResolver resolver, Randomness randomness) {
        this.settings = settings;
        this.resolver = resolver;
        this.randomness = randomness;
        this.token = token(settings.tokenFile(), settings.caFile());
        this.folder = folder(settings.stateDir());
    }

    /** {@return a builder of a client} */
    public static ControlClientBuilder builder() {
        return new ControlClientBuilder();
    }

    private static @Nullable Credential token(@Nullable Path file, @Nullable Path caFile) {
        if (file == null) {
            return null;
        }
        try {
            Credential token = Credential.read(file, caFile);
            Set<PosixFilePermission> open = EnumSet.copyOf(Files.getPosixFilePermissions(file));
            open.removeAll(EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE));
            if (!open.isEmpty()) {
                LOG.warn("others than its owner may use the token; run: chmod 600 {}", file);
            }
            return token;
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "INMESH_TOKEN_FILE " + file + (caFile == null ? "" : " or INMESH_CA_FILE " + caFile)
                            + " cannot be read; make one with: meshctl token create (" + e + ")",
                    e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("INMESH_TOKEN_FILE " + file + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable StateFolder folder(@Nullable Path path) {
        if (path == null) {
            return null;
        }
        try {
            return StateFolder.open(path);
        } catch (IOException e) {
            throw new IllegalArgumentException("INMESH_STATE_DIR " + path + " cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean givesIdentity() {
        return !settings.plaintext();
    }

    @Override
    public void start(MeshLink mesh) {
        if (running != null || closed.get()) {
            throw new IllegalStateException("this control client has been started before; make one for each mesh");
        }
        ControlThread thread = new ControlThread(mesh.scheduler());
        Progress progress = new Progress(mesh.clock(), String.join(", ", settings.servers()), mesh.observer());
        Session session = new Session(settings, token, folder, mesh, thread, progress, resolver, randomness);
        running = new Running(mesh, thread, session, progress);
        thread.execute(session::begin);
    }

    @Override
    public void serve(Map<String, Integer> ports) {
        Running now = started();
        now.thread().execute(() -> now.session().serve(ports));
    }

    @Override
    public CompletionStage<Void> drain() {
        Running now = started();
        CompletableFuture<Void> done = new CompletableFuture<>();
        now.thread().execute(() -> now.session().drain(done));
        return done;
    }

    private Running started() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException("this control client has not been started; hand it to a mesh first");
        }
        return now;
    }

    @Override
    public Map<String, String> labels() {
        return settings.labels();
    }

    @Override
    public ControlPlaneStatus status() {
        Running now = running;
        Progress progress =
                now == null ? new Progress(Clock.SYSTEM, String.join(", ", settings.servers())) : now.progress();
        IdentityEpoch epoch = now == null ? null : now.mesh().identity().current();
        StateKeeper state = now == null ? null : now.session().state();
        return new ControlPlaneStatus(
                progress.connected(),
                progress.since(),
                progress.server(),
                progress.versions(),
                progress.lastRejection(),
                progress.ignoredFields(),
                epoch == null ? null : epoch.identity().leaf().getNotAfter().toInstant(),
                state == null ? null : state.savedAt());
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Running now = running;
        if (now == null) {
            if (folder != null) {
                folder.close();
            }
            return;
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        now.thread().execute(() -> {
            try {
                now.session().close();
            } finally {
                now.thread().close();
                done.complete(null);
            }
        });
        try {
            done.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.warn("the control client did not end in {} s; it goes on ending in the background", CLOSE_SECONDS);
        }
    }
}
