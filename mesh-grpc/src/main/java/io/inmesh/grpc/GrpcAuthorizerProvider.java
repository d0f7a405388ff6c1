package io.inmesh.grpc;

import io.inmesh.ExternalAuthorizerProvider;
import io.inmesh.Mesh;
import io.inmesh.config.ExternalProtocol;
import io.inmesh.external.ExternalAuthorizer;

/** Asks external authorizers by gRPC. Made by {@link java.util.ServiceLoader}. */
public final class GrpcAuthorizerProvider implements ExternalAuthorizerProvider {

    /** For the service loader. */
    public GrpcAuthorizerProvider() {}

    @Override
    public boolean speaks(ExternalProtocol protocol) {
        return protocol instanceof ExternalProtocol.Grpc;
    }

    @Override
    public ExternalAuthorizer open(Mesh mesh) {
        return new GrpcAuthorizer(mesh);
    }
}
