package io.inmesh.bench.macro;

import io.inmesh.Mesh;
import io.inmesh.bench.Echo;
import io.inmesh.bench.process.Replies;
import io.inmesh.grpc.MeshGrpc;
import io.inmesh.servlet.JettyTls;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** A process that answers, by HTTP and by gRPC, in plaintext or mTLS as the mesh says. All arms call the same one. */
final class Backend {

    /** Port of the service for HTTP; the local port is another. */
    static final int HTTP_PORT = 8080;

    /** Port of the service for gRPC; the local port is another. */
    static final int GRPC_PORT = 9090;

    /** Size of each answer. */
    static final int PAYLOAD_BYTES = 1024;

    private static final Duration JOIN_LIMIT = Duration.ofSeconds(60);

    private Backend() {}

    /** Joins the mesh, serves, says on which ports, and then answers questions about its processor time until its input ends. */
    public static void main(String[] arguments) throws Exception {
        Mesh mesh = join();
        Server http = new Server();
        ServerConnector connector = JettyTls.connector(http, mesh, 0);
        connector.setHost("127.0.0.1");
        http.addConnector(connector);
        http.setHandler(new Answer());
        http.start();
        io.grpc.Server grpc =
                MeshGrpc.server(0, mesh).addService(Echo.service()).build().start();
        mesh.serve(Map.of("http", connector.getLocalPort(), "grpc", grpc.getPort()));
        Replies.answer(connector.getLocalPort() + " " + grpc.getPort());
        Replies.serve(line -> Long.toString(Usage.javaCpuNanos()));
        System.exit(0);
    }

    /** {@return the mesh of this process, with config and identity} */
    static Mesh join() {
        Mesh mesh = Mesh.join();
        if (!mesh.awaitReady(JOIN_LIMIT)) {
            throw new IllegalStateException("no configuration or no certificate after a minute: " + mesh.status());
        }
        return mesh;
    }

    /** Answers every request with the same bytes. */
    private static final class Answer extends Handler.Abstract.NonBlocking {
        private final ByteBuffer payload = ByteBuffer.allocateDirect(PAYLOAD_BYTES);

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, PAYLOAD_BYTES);
            response.write(true, payload.slice(), callback);
            return true;
        }
    }
}
