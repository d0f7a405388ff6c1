package io.inmesh.okhttp;

import io.inmesh.ExternalAuthorizerProvider;
import io.inmesh.Mesh;
import io.inmesh.config.ExternalProtocol;
import io.inmesh.external.ExternalAuthorizer;

/** Asks external authorizers by HTTP. Made by {@link java.util.ServiceLoader}. */
public final class HttpAuthorizerProvider implements ExternalAuthorizerProvider {

    /** For the service loader. */
    public HttpAuthorizerProvider() {}

    @Override
    public boolean speaks(ExternalProtocol protocol) {
        return protocol instanceof ExternalProtocol.Http;
    }

    @Override
    public ExternalAuthorizer open(Mesh mesh) {
        return new HttpAuthorizer(mesh);
    }
}
