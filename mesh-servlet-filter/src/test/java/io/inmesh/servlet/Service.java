package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.MeshBuilder;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.ForwardersConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.JwtRuleConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.testkit.TestCa;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/** A servlet application behind the mesh, on a real port. Closing it checks that every request that began was seen to end. */
final class Service implements AutoCloseable {

    static final String DOMAIN = "inmesh.local";
    static final SpiffeId REVIEWS = SpiffeId.of(DOMAIN, "default", "reviews");
    static final PeerExpectation EXPECT_REVIEWS =
            new PeerExpectation(Set.of(REVIEWS), "reviews.default.svc.cluster.local");

    final TestCa ca = TestCa.root(DOMAIN);
    final Ends ends = new Ends();
    final Mesh mesh;
    final MeshFilter filter;
    private final Container.Running running;

    private Service(Container container, Application application, Mtls mode, Container.Settings settings, boolean known)
            throws Exception {
        this(container, application, mode, settings, known, builder -> builder);
    }

    private Service(
            Container container,
            Application application,
            Mtls mode,
            Container.Settings settings,
            boolean known,
            UnaryOperator<MeshBuilder> change)
            throws Exception {
        mesh = change.apply(Mesh.builder().config(config(mode)).observer(ends)).build();
        if (known) {
            mesh.identity().update(ca.issue("default", "reviews"), ca.bundle());
        }
        filter = new MeshFilter(mesh);
        running = container.start(mesh, filter, application, settings);
    }

    /** {@return a service whose mesh asks for nothing} */
    static Service open(Container container, Application application) throws Exception {
        return of(container, application, Mtls.PERMISSIVE);
    }

    /** {@return a service with a mode of mutual TLS} */
    static Service of(Container container, Application application, Mtls mode) throws Exception {
        return new Service(container, application, mode, Container.Settings.USUAL, true);
    }

    /** {@return a strict service in time that stands still} */
    static Service in(FakeScheduler time, Container container, Application application) throws Exception {
        return new Service(
                container,
                application,
                Mtls.STRICT,
                Container.Settings.USUAL,
                true,
                builder -> builder.clock(time.clock()).scheduler(time));
    }

    /** {@return a service that has no certificate yet} */
    static Service withoutIdentity(Container container, Application application, Mtls mode) throws Exception {
        return new Service(container, application, mode, Container.Settings.USUAL, false);
    }

    /** {@return a service whose mesh asks for nothing, on a listener with settings} */
    static Service open(Container container, Application application, Container.Settings settings) throws Exception {
        return new Service(container, application, Mtls.PERMISSIVE, settings, true);
    }

    /**
     * {@return a service whose mesh asks for nothing, on a listener with settings, in time that stands still: no connection of a slow machine is
     * closed because its handshake took too long}
     */
    static Service timeless(Container container, Application application, Container.Settings settings)
            throws Exception {
        FakeScheduler time = new FakeScheduler(new FakeClock(Instant.now()));
        return new Service(
                container,
                application,
                Mtls.PERMISSIVE,
                settings,
                true,
                builder -> builder.clock(time.clock()).scheduler(time));
    }

    /** Changes what the mesh asks for, while the server runs. */
    void ask(Mtls mode, AuthorizationConfig... policies) {
        assertThat(mesh.apply(config(mode, policies)).applied()).isTrue();
    }

    /** Changes whose tokens are accepted and who may do what, while the server runs. */
    void ask(List<JwtRuleConfig> tokens, AuthorizationConfig... policies) {
        InboundConfig inbound = new InboundConfig(Mtls.PERMISSIVE, List.of(policies), "").withJwtRules(tokens);
        assertThat(mesh.apply(MeshConfig.builder().inbound(inbound).build()).applied())
                .isTrue();
    }

    /** Changes who is believed about clients and who may do what, while the server runs. */
    void ask(ForwardersConfig forwarders, AuthorizationConfig... policies) {
        InboundConfig inbound = config(Mtls.PERMISSIVE, policies).inbound().withForwarders(forwarders);
        assertThat(mesh.apply(MeshConfig.builder().inbound(inbound).build()).applied())
                .isTrue();
    }

    /** Changes what the mesh asks for on one port, where it is strict on others. */
    void ask(int port, Mtls mode) {
        MeshConfig strict = config(Mtls.STRICT);
        MeshConfig changed = MeshConfig.builder()
                .inbound(strict.inbound().withMtlsByPort(Map.of(port, mode)))
                .build();
        assertThat(mesh.apply(changed).applied()).isTrue();
    }

    /** {@return what a client proves to be a service account of this mesh with, and expects this service} */
    SSLContext context(String serviceAccount) {
        return ca.holder("default", serviceAccount).current().clientContext(EXPECT_REVIEWS);
    }

    private static MeshConfig config(Mtls mode, AuthorizationConfig... policies) {
        return MeshConfig.builder()
                .inbound(new InboundConfig(mode, List.of(policies), "PeerAuthentication default/default"))
                .build();
    }

    int port() {
        return running.port();
    }

    /** {@return a plaintext client} */
    RawClient client() {
        return new RawClient("127.0.0.1", port(), null);
    }

    /** {@return a client that proves to be a service account of this mesh, and expects this service} */
    RawClient client(String serviceAccount) {
        return client(ca.holder("default", serviceAccount));
    }

    /** {@return a client with an identity, that expects this service} */
    RawClient client(IdentityHolder holder) {
        return client(holder.current().clientContext(EXPECT_REVIEWS));
    }

    /** {@return a client with a TLS context} */
    RawClient client(SSLContext context) {
        return new RawClient("127.0.0.1", port(), context);
    }

    @Override
    public void close() throws Exception {
        running.stop().now();
        mesh.close();
        assertThat(ends.none()).as("every end was expected").isTrue();
        assertThat(filter.inFlight()).as("requests in flight").isZero();
    }
}
