package io.inmesh.bench.macro;

import io.inmesh.Mesh;
import io.inmesh.bench.process.Replies;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.identity.ClientTls;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SpiffeId;
import io.inmesh.okhttp.MeshOkHttp;
import io.inmesh.testkit.TestCa;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * A process whose calls each make a connection, to a server of its own over loopback. The server is the JDK's TLS on another thread; what
 * is reckoned is the processor time of the thread that calls, which does the handshake.
 */
final class HandshakeClient {

    private static final String DOMAIN = "bench.local";
    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

    private final TestCa ca = TestCa.root(DOMAIN);
    private final Request request = new Request.Builder().url("http://echo:80/").build();
    private final Mesh mesh;
    private final OkHttpClient client;
    // Tickets are for the context that gave them.
    private volatile boolean contextForEach;

    private HandshakeClient(int port) {
        ClusterConfig cluster = ClusterConfig.of("echo")
                .endpoint("127.0.0.1", port)
                .withTls(new ClientTlsConfig(
                        ClientTlsConfig.Mode.MESH,
                        Set.of(SpiffeId.of(DOMAIN, "default", "echo").toString()),
                        "echo.default.svc.cluster.local"));
        mesh = Mesh.of(MeshConfig.builder()
                .cluster(cluster)
                .virtualHost(VirtualHostConfig.of("echo:80", RouteConfig.to("echo")))
                .build());
        client = MeshOkHttp.wrap(new OkHttpClient(), mesh);
        mesh.identity().update(ca.issue("default", "caller"), ca.bundle());
    }

    /** Answers {@code full|resumed nanos} with connections a second, and microseconds of processor time for each. */
    public static void main(String[] arguments) throws Exception {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        HandshakeClient caller = new HandshakeClient(listener.getLocalPort());
        Thread server = new Thread(() -> caller.serve(listener));
        server.setDaemon(true);
        server.start();
        Replies.answer(ClientTls.provider());
        Replies.serve(line -> {
            String[] words = line.split(" ");
            return caller.measure(words[0].equals("full"), Long.parseLong(words[1]));
        });
        System.exit(0);
    }

    private String measure(boolean full, long nanos) throws IOException {
        contextForEach = full;
        long connections = 0;
        long begin = System.nanoTime();
        long cpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (; System.nanoTime() - begin < nanos; connections++) {
            client.connectionPool().evictAll();
            try (Response response = client.newCall(request).execute()) {
                if (!response.body().string().equals("ok")) {
                    throw new IOException("unexpected answer: HTTP " + response.code());
                }
            }
        }
        double cpuMicros =
                (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuNanos) / 1e3 / connections;
        return connections * 1e9 / (System.nanoTime() - begin) + " " + cpuMicros;
    }

    private void serve(ServerSocket listener) {
        IdentityHolder holder = ca.holder("default", "echo");
        SSLContext context = ServerTls.serverContext(holder);
        while (true) {
            if (contextForEach) {
                context = ServerTls.serverContext(holder);
            }
            try (Socket plain = listener.accept();
                    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, true)) {
                plain.setTcpNoDelay(true);
                if (socket.getInputStream().read(new byte[ANSWER.length * 100]) > 0) {
                    socket.getOutputStream().write(ANSWER);
                    // Until the caller closes it.
                    plain.getInputStream().read();
                }
            } catch (IOException e) {
                throw new IllegalStateException("the server of the benchmark broke", e);
            }
        }
    }
}
