package io.inmesh;

import io.inmesh.external.ExternalAuthorizer;

/** Makes what asks external authorizers. Found by {@link java.util.ServiceLoader}; an adapter that can call has one. */
public interface ExternalAuthorizerProvider {

    /**
     * {@return what asks external authorizers by calls through a mesh; it is closed with the mesh}
     *
     * @param mesh the mesh of this process
     */
    ExternalAuthorizer open(Mesh mesh);
}
