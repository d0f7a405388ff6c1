package io.inmesh.servlet;

import io.inmesh.Mesh;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.jspecify.annotations.Nullable;

/** Accepts connections of which each finds out itself whether it is TLS or plaintext. */
final class TomcatModeEndpoint extends NioEndpoint {

    private volatile @Nullable Mesh mesh;

    void follow(Mesh mesh) {
        this.mesh = mesh;
    }

    @Override
    public void bind() throws Exception {
        mesh();
        super.bind();
    }

    private Mesh mesh() {
        Mesh known = mesh;
        if (known == null) {
            throw new IllegalStateException(
                    "the connector does not know its mesh; call TomcatTls.configure(connector, mesh) before it starts");
        }
        return known;
    }

    @Override
    protected NioChannel createChannel(SocketBufferHandler buffers) {
        return new TomcatModeChannel(buffers, this, mesh());
    }
}
