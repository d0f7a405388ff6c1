package io.inmesh.client;

import com.google.protobuf.Value;
import io.inmesh.client.identity.Certificates;
import io.inmesh.client.relay.Desk;
import io.inmesh.client.translate.ConfigAssembler;
import io.inmesh.client.translate.Resource;
import io.inmesh.client.translate.Translated;
import io.inmesh.client.translate.TrustTranslator;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.SpiffeId;
import io.inmesh.identity.TrustBundle;
import io.inmesh.spi.MeshLink;
import io.inmesh.time.Randomness;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.Node;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One mesh's life with its control plane, put together: state folder first, then the certificate, then the discovery stream and
 * what goes with it.
 */
final class Session {

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final String ACCOUNT = "/sa/";

    private final ControlClientSettings settings;
    private final @Nullable Credential token;
    private final IdentityHolder identity;
    private final MeshLink mesh;
    private final ControlThread thread;
    private final ResourceStore store;
    private final OwnNode ownNode;
    private final Link link;
    private final @Nullable StateKeeper state;
    private final Lookups lookups = new Lookups();
    private final Publisher publisher;
    private final CertificateReport report;
    private final CertificateKeeper certificates;
    private final Registration registration;
    private final LoadReporter load;
    private final Desk desk;
    private final Attendance attendance;
    private final Discovery discovery;

    Session(
            ControlClientSettings settings,
            @Nullable Credential token,
            @Nullable StateFolder folder,
            MeshLink mesh,
            ControlThread thread,
            Progress progress,
            NameResolver resolver,
            Randomness randomness) {
        this.settings = settings;
        this.token = token;
        this.mesh = mesh;
        this.thread = thread;
        store = new ResourceStore(settings.endpointsOnDemand());
        identity = mesh.identity();
        ownNode = new OwnNode(
                settings,
                settings.service() + "-" + UUID.randomUUID().toString().substring(0, 8));
        link = new Link(settings, identity, token == null ? null : token.roots(), mesh.clock(), randomness);
        state = folder == null ? null : new StateKeeper(folder, settings, token, thread, identity, mesh.clock(), store);
        publisher = new Publisher(
                mesh, thread, store, progress, ownNode.caller(), resolver, lookups, randomness, this::published);
        report = new CertificateReport(identity, this::tellCertificate);
        certificates = new CertificateKeeper(
                link,
                identity,
                report,
                token,
                settings.namespace(),
                thread,
                mesh.clock(),
                randomness,
                this::leaveConnection,
                this::identityIssued);
        registration = new Registration(this::wire, this::node);
        load = new LoadReporter(link, mesh, thread, () -> node(null), new Backoff(randomness));
        desk = new Desk(mesh.live(), mesh.clock(), thread, contents -> Beliefs.of(node(null), store, contents));
        attendance = new Attendance(link, thread, () -> node(null), desk, new Backoff(randomness));
        discovery = new Discovery(
                link,
                thread,
                store,
                progress,
                publisher,
                this::node,
                new StreamListener(),
                new Backoff(randomness),
                settings.stateOfTheWorld());
    }

    /** What goes with the stream. */
    private final class StreamListener implements Discovery.Listener {
        @Override
        public void opened(Wire wire) {
            registration.opened(wire);
        }

        @Override
        public void begun() {
            load.open();
            attend();
        }

        @Override
        public void healthAnswered(String answer) {
            registration.answered(answer);
        }

        @Override
        public @Nullable String trustChanged() {
            return applyTrust();
        }

        @Override
        public void certificateRefused() {
            certificates.refused();
        }

        @Override
        public void closed() {
            registration.closed();
            load.close();
            attendance.close();
        }
    }

    /** Who can ask has proved who it is, and so has who answers. */
    private void attend() {
        if (!settings.plaintext()) {
            attendance.open();
        }
    }

    /** Begins; on the control thread, as all that follows. */
    void begin() {
        mesh.onDemand(cluster -> thread.execute(() -> discovery.want(cluster)));
        StateKeeper saved = state;
        if (saved != null) {
            restore(saved);
        }
        if (settings.plaintext() || identity.current() != null) {
            discovery.open();
        } else if (token != null) {
            certificates.request();
        } else {
            LOG.error("there is neither a valid certificate in INMESH_STATE_DIR nor a join token in INMESH_TOKEN_FILE;"
                    + " this process cannot join the mesh. Make a token with: meshctl token create");
        }
    }

    private void restore(StateKeeper saved) {
        Certificates.Issued known = saved.loadIdentity();
        if (known != null) {
            try {
                identity.update(known.identity(), known.trust());
                certificates.scheduleRenewal();
            } catch (IllegalArgumentException e) {
                LOG.warn("the saved identity is not used: {}", e.getMessage());
            }
        }
        if (saved.loadResources()) {
            store.wantKnown();
            store.type(TypeUrls.ENDPOINT).want(ConfigAssembler.endpointNames(store));
            store.type(TypeUrls.ROUTE).want(ConfigAssembler.routeNames(store));
            applyTrust();
            publisher.restored();
        }
    }

    private void leaveConnection() {
        discovery.leave();
    }

    private void identityIssued() {
        if (state != null) {
            state.saveIdentity();
            // Signed with the key of before, which is gone.
            state.saveSoon();
        }
        // The connection so far was made without this certificate.
        discovery.reopen();
    }

    private void published() {
        if (state != null) {
            state.saveSoon();
        }
    }

    /** {@return what is wrong with the trust bundle; null if it is in use now} */
    private @Nullable String applyTrust() {
        IdentityEpoch epoch = identity.current();
        Resource secret = store.find(TypeUrls.SECRET, TrustTranslator.SECRET);
        if (epoch == null || secret == null) {
            return null;
        }
        Translated.Roots bundle = (Translated.Roots) secret.meaning();
        try {
            Map<String, Set<X509Certificate>> all = new HashMap<>(bundle.federated());
            all.put(epoch.identity().id().trustDomain(), bundle.certificates());
            identity.update(epoch.identity(), new TrustBundle(all, bundle.denied()));
            if (state != null) {
                state.follow(bundle.certificates());
            }
            certificates.bundleChanged(bundle.certificates().iterator().next());
            // Later, since the answer to what brought the bundle is still to be sent.
            thread.execute(this::followTrust);
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    /** A bundle without the root of the own certificate, or of the server's, ends their use as it ends anybody's. */
    private void followTrust() {
        if (!link.serverTrusted()) {
            LOG.info("the control server {} is not trusted by the roots of now; the connection ends", link.server());
            discovery.reopen();
        }
        report.look();
        IdentityEpoch epoch = identity.current();
        if (epoch == null || epoch.accepts(epoch.identity().chain().toArray(new X509Certificate[0]))) {
            return;
        }
        if (epoch.trust().denied().names(epoch.identity())) {
            certificates.refused();
        } else {
            LOG.info("the root of this process's certificate is not trusted any more; it asks for another");
            certificates.request();
        }
    }

    private void tellCertificate() {
        Wire current = wire();
        if (current != null) {
            current.describe(store.type(TypeUrls.SECRET), node());
        }
    }

    private @Nullable Wire wire() {
        // Registration is for those who can prove who they are.
        return settings.plaintext() ? null : discovery.wire();
    }

    private Node node() {
        return node(report.take());
    }

    private Node node(@Nullable Value certificate) {
        IdentityEpoch epoch = identity.current();
        return ownNode.message(
                epoch == null ? "" : serviceAccount(epoch.identity().id()),
                registration.ports(),
                discovery.connection(),
                certificate);
    }

    private static String serviceAccount(SpiffeId id) {
        int at = id.path().indexOf(ACCOUNT);
        return at < 0 ? "" : id.path().substring(at + ACCOUNT.length());
    }

    void serve(Map<String, Integer> ports) {
        if (settings.plaintext()) {
            LOG.warn("this process is not registered: that needs a certificate, and INMESH_XDS_PLAINTEXT is on");
            return;
        }
        registration.serve(ports);
    }

    void drain(CompletableFuture<Void> done) {
        registration.drain(done);
    }

    /** {@return the state folder's keeper, null without one} */
    @Nullable
    StateKeeper state() {
        return state;
    }

    void close() {
        discovery.close();
        certificates.close();
        desk.close();
        publisher.close();
        lookups.close();
        link.close();
        if (state != null) {
            state.close();
        }
    }
}
