package io.inmesh.servlet;

import io.inmesh.Mesh;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.Condition;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.StringMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.observe.InboundObserver;
import io.inmesh.observe.MeshObserver;
import io.inmesh.servlet.MatrixClient.Answer;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One server in one mode, and the calls that are made to it; what both ends know of a call is written down in a few words. */
final class MatrixBench implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    private final MatrixServer server;
    private final Mtls mode;
    private final Mesh mesh;
    private final Container.Running running;
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    /** Starts a server that has no certificate yet. */
    MatrixBench(MatrixServer server, Mtls mode) throws Exception {
        this.server = server;
        this.mode = mode;
        this.mesh = Mesh.builder().config(inbound(mode)).observer(new Seeing()).build();
        this.running = server.start(mesh);
    }

    private static MeshConfig inbound(Mtls mode) {
        Condition intruder = new Condition.Principal(
                StringMatch.exact("spiffe://test.local/ns/default/sa/" + MatrixCredential.INTRUDER));
        AuthorizationConfig deny = new AuthorizationConfig(
                AuthorizationConfig.Action.DENY, List.of(new AuthorizationConfig.Policy("no-intruders", intruder)));
        return MeshConfig.builder()
                .inbound(new InboundConfig(mode, List.of(deny), "PeerAuthentication default/who"))
                .build();
    }

    /** Gives the server a certificate. */
    void serverProves(MatrixCredential credential) {
        credential.give(mesh.identity(), "who");
    }

    /** {@return what came of a call by a process of the mesh} */
    String call(MatrixClient client, MatrixCredential credential) throws Exception {
        try (Mesh caller = caller(ClientTlsConfig.Mode.MESH)) {
            credential.give(caller.identity(), "caller");
            return told(client.throughMesh(caller, server), "no handshake");
        }
    }

    /** {@return what came of a call in plaintext} */
    String callInPlaintext(MatrixClient client) throws Exception {
        try (Mesh caller = caller(ClientTlsConfig.Mode.DISABLE)) {
            return told(client.throughMesh(caller, server), "closed");
        }
    }

    /** {@return what came of a call by a process that presents whatever it has} */
    String callAlone(MatrixClient client, MatrixCredential credential) throws Exception {
        IdentityEpoch trusting = MatrixCredential.GOOD.holder("caller").current();
        IdentityHolder presenting = credential.holder("caller");
        IdentityEpoch own = presenting.current();
        Answer answer = client.alone(
                running.port(),
                own == null ? null : own.keyManager(),
                trusting.trustManager(MatrixClient.EXPECTED),
                server);
        return told(answer, "no handshake");
    }

    private Mesh caller(ClientTlsConfig.Mode mode) {
        Set<String> expected =
                Set.of(MatrixClient.EXPECTED.identities().iterator().next().toString());
        return Mesh.of(MeshConfig.builder()
                .cluster(ClusterConfig.of("who")
                        .endpoint("127.0.0.1", running.port())
                        .withTls(new ClientTlsConfig(mode, expected, "who")))
                .virtualHost(VirtualHostConfig.of("who:9080", RouteConfig.to("who")))
                .build());
    }

    private String told(Answer answer, String nothing) throws InterruptedException {
        if (answer.failure() == null) {
            String met = seen.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return answer.status() == 200 && ("200 " + answer.text()).equals(met)
                    ? "200, caller is " + (answer.text().equals("null") ? "nobody" : answer.text())
                    : answer.status() + " for " + met;
        }
        String met = seen.isEmpty() ? "" : "; but the server saw " + seen.remove();
        String reason = refusal(answer.failure());
        return (reason == null ? nothing : "client: " + reason) + met;
    }

    /** {@return what the client has against the server's certificate, without what differs from run to run} */
    private static @Nullable String refusal(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getClass() == CertificateException.class && cause.getMessage() != null) {
                return words(cause.getMessage());
            }
        }
        return null;
    }

    /** {@return a message of ours without the parentheses that describe a certificate, and without what the JDK says} */
    static String words(String message) {
        int details = message.indexOf(" (");
        return (details < 0 ? message : message.substring(0, details))
                .replaceAll(": [^:;]*certification path[^;]*", "")
                .replaceAll("spiffe://\\S*/sa/(\\w+)", "$1");
    }

    /** {@return the kind of server and its mode} */
    @Override
    public String toString() {
        return server.text + ", " + mode;
    }

    @Override
    public void close() throws Exception {
        running.stop().now();
        mesh.close();
    }

    /** Writes down who asked and what became of it. */
    private final class Seeing implements MeshObserver {
        @Override
        public InboundObserver inboundStarted(InboundCall call) {
            String peer = MatrixServer.caller(call.peer());
            return new InboundObserver() {
                @Override
                public void refused(InboundCall refused, Outcome outcome, long durationNanos) {
                    seen.add(peer + ", " + ((Outcome.Rejection) outcome).reason());
                }

                @Override
                public void ended(InboundCall ended, Outcome outcome, long durationNanos) {
                    seen.add("200 " + peer);
                }
            };
        }
    }
}
