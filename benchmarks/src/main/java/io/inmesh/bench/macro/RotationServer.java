package io.inmesh.bench.macro;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import io.inmesh.Mesh;
import io.inmesh.bench.Echo;
import io.inmesh.bench.process.Json;
import io.inmesh.bench.process.Replies;
import io.inmesh.grpc.MeshGrpc;
import io.inmesh.servlet.JettyTls;
import io.inmesh.servlet.MeshFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The process that is called while certificates and roots change: servlets on Jetty behind the mesh's filter, and gRPC. */
final class RotationServer {

    private RotationServer() {}

    /** Joins the mesh, serves, says on which ports, and then tells what it has seen until its input ends. */
    public static void main(String[] arguments) throws Exception {
        Mesh mesh = Backend.join();
        Leaves leaves = Leaves.of(mesh);
        AtomicLong handshakes = new AtomicLong();
        AtomicLong failed = new AtomicLong();
        Server http = new Server();
        ServerConnector connector = JettyTls.connector(http, mesh, 0);
        connector.setHost("127.0.0.1");
        connector.addBean(new SslHandshakeListener() {
            @Override
            public void handshakeSucceeded(Event event) {
                handshakes.incrementAndGet();
            }

            @Override
            public void handshakeFailed(Event event, Throwable failure) {
                failed.incrementAndGet();
            }
        });
        http.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        context.addFilter(new FilterHolder(new MeshFilter(mesh)), "/*", EnumSet.of(DispatcherType.REQUEST));
        context.addServlet(new ServletHolder(new Answer()), "/*");
        http.setHandler(context);
        http.start();
        AtomicLong connections = new AtomicLong();
        io.grpc.Server grpc = MeshGrpc.server(0, mesh)
                .addService(Echo.service())
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                        connections.incrementAndGet();
                        return attributes;
                    }
                })
                .build()
                .start();
        mesh.serve(Map.of("http", connector.getLocalPort(), "grpc", grpc.getPort()));
        Replies.answer(connector.getLocalPort() + " " + grpc.getPort());
        Replies.serve(line -> Json.MAPPER.writeValueAsString(
                new Seen(leaves.count(), leaves.epochs(), handshakes.get(), failed.get(), connections.get())));
        System.exit(0);
    }

    /**
     * What the server has seen.
     *
     * @param leaves certificates it has had
     * @param epochs combinations of certificate and trust it has had
     * @param httpHandshakes handshakes that ended well on the port for HTTP
     * @param failedHandshakes handshakes that did not
     * @param grpcConnections connections on the port for gRPC
     */
    record Seen(long leaves, long epochs, long httpHandshakes, long failedHandshakes, long grpcConnections) {}

    private static final class Answer extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentLength(Backend.PAYLOAD_BYTES);
            response.getOutputStream().write(new byte[Backend.PAYLOAD_BYTES]);
        }
    }
}
