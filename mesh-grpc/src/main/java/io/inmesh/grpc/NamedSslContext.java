package io.inmesh.grpc;

import io.grpc.netty.shaded.io.netty.handler.ssl.DelegatingSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.inmesh.identity.ServerNames;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** Sends a server name (SNI) of its own, where gRPC would send the authority of the channel. */
final class NamedSslContext extends DelegatingSslContext {

    private final String serverName;

    NamedSslContext(SslContext inner, String serverName) {
        super(inner);
        this.serverName = serverName;
    }

    @Override
    protected void initEngine(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(ServerNames.of(serverName));
        engine.setSSLParameters(parameters);
    }
}
