package io.inmesh;

import io.inmesh.config.ExternalProtocol;
import io.inmesh.external.ExternalAuthorizer;

/** Makes what asks external authorizers. Found by {@link java.util.ServiceLoader}; an adapter that can call has one. */
public interface ExternalAuthorizerProvider {

    /** {@return whether this asks authorizers that speak a protocol} */
    boolean speaks(ExternalProtocol protocol);

    /**
     * {@return what asks external authorizers by calls through a mesh; it is closed with the mesh}
     *
     * @param mesh the mesh of this process
     */
    ExternalAuthorizer open(Mesh mesh);
}
