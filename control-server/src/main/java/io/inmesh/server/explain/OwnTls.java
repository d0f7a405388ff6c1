package io.inmesh.server.explain;

import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.xds.core.TransportSocket;
import io.inmesh.xds.tls.UpstreamTlsContext;

/** Which TLS is the mesh's own, where the caller proves its identity. */
final class OwnTls {
    private OwnTls() {}

    /** {@return whether connections present the certificate of the mesh, rather than one of files or none} */
    static boolean of(TransportSocket socket) {
        try {
            return socket.getName().endsWith("tls")
                    && UpstreamTlsContext.parseFrom(socket.getTypedConfig().getValue())
                            .getCommonTlsContext()
                            .getTlsCertificateSdsSecretConfigsList()
                            .stream()
                            .anyMatch(secret -> secret.getName().equals("default"));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a context made here cannot be read", e);
        }
    }
}
