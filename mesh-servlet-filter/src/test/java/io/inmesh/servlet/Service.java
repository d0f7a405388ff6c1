package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.MeshConfig;
import io.inmesh.testkit.TestCa;
import java.util.List;

/** A servlet application behind the mesh, on a real port. Closing it checks that every request that began was seen to end. */
final class Service implements AutoCloseable {

    static final String DOMAIN = "inmesh.local";

    final TestCa ca = TestCa.root(DOMAIN);
    final Ends ends = new Ends();
    final Mesh mesh;
    final MeshFilter filter;
    private final Container.Running running;

    private Service(Container container, Application application, Mtls mode, Container.Settings settings)
            throws Exception {
        mesh = Mesh.builder().config(config(mode)).observer(ends).build();
        mesh.identity().update(ca.issue("default", "reviews"), ca.bundle());
        filter = new MeshFilter(mesh);
        running = container.start(mesh, filter, application, settings);
    }

    /** {@return a service whose mesh asks for nothing} */
    static Service open(Container container, Application application) throws Exception {
        return of(container, application, Mtls.PERMISSIVE);
    }

    /** {@return a service with a mode of mutual TLS} */
    static Service of(Container container, Application application, Mtls mode) throws Exception {
        return new Service(container, application, mode, Container.Settings.USUAL);
    }

    /** {@return a service whose mesh asks for nothing, on a listener with settings} */
    static Service open(Container container, Application application, Container.Settings settings) throws Exception {
        return new Service(container, application, Mtls.PERMISSIVE, settings);
    }

    /** Changes what the mesh asks for, while the server runs. */
    void ask(Mtls mode, AuthorizationConfig... policies) {
        assertThat(mesh.apply(config(mode, policies)).applied()).isTrue();
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

    @Override
    public void close() throws Exception {
        running.stop().now();
        mesh.close();
        assertThat(ends.none()).as("every end was expected").isTrue();
        assertThat(filter.inFlight()).as("requests in flight").isZero();
    }
}
