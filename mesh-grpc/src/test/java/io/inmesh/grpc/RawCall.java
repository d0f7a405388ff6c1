package io.inmesh.grpc;

import io.grpc.Server;
import io.inmesh.testkit.Http2Wire;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** A unary call written by hand, since no client of gRPC would write such headers. */
final class RawCall {

    private static final int PATIENCE_MILLIS = 120_000;

    private RawCall() {}

    /**
     * {@return the gRPC status the call ends with; empty if its stream is reset}
     *
     * @param block its header block
     */
    static OptionalInt status(Server server, byte[] block) throws IOException {
        Socket socket = new Socket("127.0.0.1", server.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        try (Http2Wire wire = Http2Wire.open(socket)) {
            wire.headers(1, false, block);
            wire.send(
                    Http2Wire.DATA,
                    Http2Wire.END_STREAM,
                    1,
                    Http2Wire.message("hello".getBytes(StandardCharsets.UTF_8)));
            wire.flush();
            return wire.endOf(1).grpcStatus();
        }
    }
}
