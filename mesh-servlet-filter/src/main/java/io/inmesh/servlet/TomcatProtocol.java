package io.inmesh.servlet;

import io.inmesh.Mesh;
import java.util.Objects;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1 protocol on connections that speak TLS or plaintext, as the mode of the mesh says.
 *
 * <p>Where somebody else makes the connector, as Spring Boot does, name this class as its protocol and pass the connector to {@link
 * TomcatTls#configure} before it starts.
 */
public final class TomcatProtocol extends Http11NioProtocol {

    private final TomcatModeEndpoint endpoint;
    private @Nullable Adapter application;

    /** Makes a protocol that {@link TomcatTls#configure} has to complete. */
    public TomcatProtocol() {
        this(new TomcatModeEndpoint());
    }

    private TomcatProtocol(TomcatModeEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        // So that Tomcat makes the TLS context and negotiates HTTP/2; which connections use it is decided for each.
        setSSLEnabled(true);
    }

    void follow(Mesh mesh) {
        endpoint.follow(mesh);
    }

    /** Tomcat takes the scheme of a request from the connector, or over HTTP/2 from the client. Here it is that of the connection. */
    @Override
    public void setAdapter(Adapter adapter) {
        application = adapter;
        super.setAdapter(new TomcatSchemeAdapter(adapter, "https"));
    }

    @Override
    protected Processor createProcessor() {
        return new TomcatProcessor(
                this, getAdapter(), new TomcatSchemeAdapter(Objects.requireNonNull(application), "http"));
    }
}
