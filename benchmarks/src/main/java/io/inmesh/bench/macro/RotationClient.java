package io.inmesh.bench.macro;

import io.grpc.ManagedChannel;
import io.inmesh.Mesh;
import io.inmesh.bench.process.Json;
import io.inmesh.bench.process.Replies;
import io.inmesh.grpc.MeshGrpc;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SpiffeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** The process that calls while certificates and roots change, by HTTP, by gRPC and on one stream. */
final class RotationClient {

    private static final int PATIENCE_MILLIS = 5_000;

    private final Mesh mesh = Backend.join();
    private final Leaves leaves = Leaves.of(mesh);
    private final int httpPort;
    private final CompletableFuture<Result> result = new CompletableFuture<>();

    private RotationClient(int httpPort) {
        this.httpPort = httpPort;
    }

    /**
     * Joins, says so, and answers {@code begin RATE SECONDS}, {@code proof} and {@code result}.
     *
     * @param arguments the server's local port for HTTP
     */
    public static void main(String[] arguments) throws Exception {
        RotationClient client = new RotationClient(Integer.parseInt(arguments[0]));
        Replies.answer("ready");
        Replies.serve(line -> client.answer(line.split(" ")));
        System.exit(0);
    }

    private String answer(String[] words) throws Exception {
        return switch (words[0]) {
            case "begin" -> begin(Double.parseDouble(words[1]), TimeUnit.SECONDS.toNanos(Long.parseLong(words[2])));
            case "proof" -> Json.MAPPER.writeValueAsString(proof());
            case "result" -> Json.MAPPER.writeValueAsString(result.get());
            default -> throw new IllegalArgumentException("no such command: " + words[0]);
        };
    }

    private String begin(double rate, long durationNanos) {
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(run(rate, durationNanos));
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                },
                "rotation");
        thread.setDaemon(true);
        thread.start();
        return "begun";
    }

    private Result run(double rate, long durationNanos) throws Exception {
        ManagedChannel channel = MeshGrpc.channel(Deployment.SECURE + ":" + Backend.GRPC_PORT, mesh);
        try (Load http = new Load(HttpCallers.meshed(mesh, Deployment.SECURE));
                Load grpc = new Load(GrpcCallers.meshed(mesh, Deployment.SECURE));
                LongStream stream = new LongStream(channel)) {
            CompletableFuture<Sample> httpSample = CompletableFuture.supplyAsync(
                    () -> open(http, rate, durationNanos), RotationClient::onItsOwnThread);
            Sample grpcSample = open(grpc, rate, durationNanos);
            return new Result(httpSample.get(), grpcSample, stream.life(), leaves.count(), leaves.epochs());
        } finally {
            channel.shutdownNow();
        }
    }

    private static Sample open(Load load, double rate, long durationNanos) {
        try {
            return load.open(rate, durationNanos, 1);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return whether a certificate of a removed root is refused, as long as there is one that has not ended} */
    private Proof proof() throws Exception {
        Optional<IdentityEpoch> old = leaves.distrusted();
        if (old.isEmpty()) {
            return new Proof(false, 0, "", "");
        }
        IdentityEpoch now = Objects.requireNonNull(mesh.identity().current());
        long left = old.get().identity().expiresAtMillis() - System.currentTimeMillis();
        IdentityHolder impostor = new IdentityHolder();
        // Only the certificate is old; the roots are those of now, so that it is the other side that refuses.
        impostor.update(old.get().identity(), now.trust());
        SpiffeId server = SpiffeId.of(Deployment.TRUST_DOMAIN, "default", Deployment.SECURE);
        SSLContext context = Objects.requireNonNull(impostor.current())
                .clientContext(new PeerExpectation(Set.of(server), Deployment.SECURE));
        return new Proof(true, left, get(context, httpPort), served(impostor, now));
    }

    /** {@return what the server does with a caller that shows the old certificate} */
    private static String get(SSLContext context, int port) {
        try (Socket socket = connect(context, port)) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: secure\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            return answer.isEmpty() ? "closed" : "answered " + answer;
        } catch (SocketTimeoutException silence) {
            return "silent";
        } catch (IOException refused) {
            return "refused";
        }
    }

    /** {@return what a caller with the certificate of now does with a server that shows the old one} */
    private static String served(IdentityHolder impostor, IdentityEpoch now) throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> accepted = CompletableFuture.runAsync(
                    () -> {
                        try (Socket plain = listening.accept();
                                Socket socket = ServerTls.serverContext(impostor)
                                        .getSocketFactory()
                                        .createSocket(plain, null, true)) {
                            ((SSLSocket) socket).startHandshake();
                        } catch (IOException refused) {
                            // Told by the caller.
                            return;
                        }
                    },
                    RotationClient::onItsOwnThread);
            SpiffeId self = now.identity().id();
            String told = "answered";
            try {
                connect(now.clientContext(new PeerExpectation(Set.of(self), "")), listening.getLocalPort())
                        .close();
            } catch (SocketTimeoutException silence) {
                told = "silent";
            } catch (IOException refused) {
                told = "refused";
            }
            accepted.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            return told;
        }
    }

    private static Socket connect(SSLContext context, int port) throws IOException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        try {
            plain.setSoTimeout(PATIENCE_MILLIS);
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", port, true);
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    /** The common pool may have a single thread, and what runs here waits for what runs there. */
    private static void onItsOwnThread(Runnable task) {
        Thread thread = new Thread(task, "rotation-task");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * What came of the calls.
     *
     * @param http those by HTTP
     * @param grpc those by gRPC
     * @param stream the long stream
     * @param leaves certificates of this process
     * @param epochs combinations of certificate and trust
     */
    record Result(Sample http, Sample grpc, LongStream.Life stream, long leaves, long epochs) {}

    /**
     * What a certificate of a removed root is still good for.
     *
     * @param made whether there was one that had not ended
     * @param leftMillis how long it would have been valid
     * @param asCaller what the server did with it
     * @param asServer what a caller did with it
     */
    record Proof(boolean made, long leftMillis, String asCaller, String asServer) {}
}
