package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.identity.DenyList;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.InboundConnections;
import io.inmesh.identity.SpiffeId;
import io.inmesh.identity.TrustBundle;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.testkit.TestCa;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import okhttp3.Connection;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a change of trust does to connections that are there already. */
class OpenConnectionTest {

    private static final String REQUEST = "GET /who HTTP/1.1\r\nHost: reviews:9080\r\n\r\n";

    private static final Duration ALL =
            Duration.ofSeconds(InboundConnections.GRACE_SECONDS + InboundConnections.SPREAD_SECONDS);

    private final FakeScheduler time = new FakeScheduler(new FakeClock(Instant.now()));
    private final Application who = new Application()
            .on("/who", (request, response) -> response.getWriter().print("hello"));

    /** Trap 45: no handshake happens here in which a trust manager could be asked. */
    @ParameterizedTest
    @EnumSource
    void removedRootEndsTheVeryNextRequestOnAnOpenConnection(Container container) throws Exception {
        try (Service service = Service.of(container, who, Mtls.STRICT);
                Socket socket = service.client("productpage").connect()) {
            assertThat(next(socket)).startsWith("HTTP/1.1 200");
            assertThat(service.ends.next()).isEqualTo("200");
            trust(service, TestCa.root(Service.DOMAIN).bundle());

            assertRefused(service, socket);
        }
    }

    @ParameterizedTest
    @EnumSource
    void deniedPeerIsRefusedOnTheConnectionItHasAndOthersAreNot(Container container) throws Exception {
        try (Service service = Service.of(container, who, Mtls.STRICT);
                Socket denied = service.client("productpage").connect();
                Socket other = service.client("ratings").connect()) {
            assertThat(next(denied)).startsWith("HTTP/1.1 200");
            assertThat(next(other)).startsWith("HTTP/1.1 200");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.ends.next()).isEqualTo("200");
            SpiffeId stolen = SpiffeId.of(Service.DOMAIN, "default", "productpage");
            trust(service, service.ca.bundle().withDenied(new DenyList(Map.of(), Set.of(stolen))));

            assertRefused(service, denied);
            assertThat(next(other)).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void renewalLetsAnOpenConnectionGoOn(Container container) throws Exception {
        try (Service service = Service.of(container, who, Mtls.STRICT);
                Socket socket = service.client("productpage").connect()) {
            assertThat(next(socket)).startsWith("HTTP/1.1 200");
            assertThat(service.ends.next()).isEqualTo("200");
            service.mesh.identity().update(service.ca.issue("default", "reviews"), service.ca.bundle());

            assertThat(next(socket)).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    /** Trap 44: whoever keeps one connection for ever comes back with a handshake all the same. */
    @ParameterizedTest
    @EnumSource
    void keptConnectionIsAskedToCloseSomeTimeAfterARenewal(Container container) throws Exception {
        try (Service service = Service.in(time, container, who);
                Socket socket = service.client("productpage").connect()) {
            next(socket);
            service.mesh.identity().update(service.ca.issue("default", "reviews"), service.ca.bundle());
            assertThat(next(socket)).doesNotContainIgnoringCase("connection: close");
            time.advance(ALL);
            assertThat(next(socket)).startsWith("HTTP/1.1 200").containsIgnoringCase("connection: close");
            assertThat(socket.getInputStream().read()).as("closed").isEqualTo(-1);
            for (int i = 0; i < 3; i++) {
                assertThat(service.ends.next()).isEqualTo("200");
            }
        }
    }

    @Test
    void http2ConnectionIsToldToGoAwaySomeTimeAfterARenewal() throws Exception {
        Set<Connection> used = new HashSet<>();
        try (Service service = Service.in(time, Container.JETTY, who)) {
            IdentityEpoch caller = Objects.requireNonNull(
                    service.ca.holder("default", "productpage").current());
            OkHttpClient client = new OkHttpClient.Builder()
                    .sslSocketFactory(
                            caller.clientContext(Service.EXPECT_REVIEWS).getSocketFactory(),
                            caller.trustManager(Service.EXPECT_REVIEWS))
                    .hostnameVerifier(IdentityEpoch.hostnameVerifier(Service.EXPECT_REVIEWS))
                    .addNetworkInterceptor(chain -> {
                        used.add(chain.connection());
                        return chain.proceed(chain.request());
                    })
                    .build();
            Request request = new Request.Builder()
                    .url("https://127.0.0.1:" + service.port() + "/who")
                    .build();
            for (int i = 0; i < 2; i++) {
                try (Response response = client.newCall(request).execute()) {
                    assertThat(response.protocol()).isEqualTo(Protocol.HTTP_2);
                }
                service.mesh.identity().update(service.ca.issue("default", "reviews"), service.ca.bundle());
            }
            assertThat(used).hasSize(1);
            time.advance(ALL);
            // Until the client has read it, calls go on as before.
            for (int i = 0; i < 1000 && used.size() == 1; i++) {
                client.newCall(request).execute().close();
                assertThat(service.ends.next()).isEqualTo("200");
            }
            assertThat(used).hasSize(2);
            for (int i = 0; i < 2; i++) {
                assertThat(service.ends.next()).isEqualTo("200");
            }
            client.connectionPool().evictAll();
        }
    }

    @Test
    void answerThatDoesNotEndIsCutAfterTheGraceWhenItsRootHasBeenRemoved() throws Exception {
        Application endless = new Application().on("/endless", (request, response) -> {
            while (true) {
                response.getOutputStream().write(new byte[1024]);
                response.flushBuffer();
            }
        });
        try (Service service = Service.in(time, Container.JETTY, endless);
                Socket socket = service.client("productpage").connect()) {
            RawClient.write(socket, REQUEST.replace("/who", "/endless"));
            InputStream in = socket.getInputStream();
            trust(service, TestCa.root(Service.DOMAIN).bundle());
            in.readNBytes(100_000);
            time.advance(Duration.ofSeconds(InboundConnections.GRACE_SECONDS));
            try {
                in.readAllBytes();
            } catch (IOException cut) {
                assertThat(cut).isNotInstanceOf(java.net.SocketTimeoutException.class);
            }
            assertThat(service.ends.next()).isNotEqualTo("200");
        }
    }

    private static void assertRefused(Service service, Socket socket) throws Exception {
        String refused = next(socket);
        assertThat(refused).startsWith("HTTP/1.1 421").containsIgnoringCase("connection: close");
        assertThat(refused).as("why is for the log").doesNotContain("root").doesNotContain("list");
        assertThat(socket.getInputStream().read()).as("closed").isEqualTo(-1);
        assertThat(service.ends.next()).contains("NO_PEER_IDENTITY");
    }

    private static void trust(Service service, TrustBundle trust) {
        IdentityHolder holder = service.mesh.identity();
        IdentityEpoch epoch = Objects.requireNonNull(holder.current());
        holder.update(epoch.identity(), trust);
    }

    /** {@return head and body of one more answer on this connection} */
    private static String next(Socket socket) throws IOException {
        RawClient.write(socket, REQUEST);
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("closed after: " + text);
            }
            text.append((char) octet);
        }
        String head = text.toString();
        int at = head.toLowerCase(java.util.Locale.ROOT).indexOf("content-length: ") + 16;
        int length = Integer.parseInt(head.substring(at, head.indexOf('\r', at)));
        return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
