package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HashKeyConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls with equal keys go to one of several servers, over real sockets. */
final class StickinessTest {

    private static final int SERVERS = 4;
    private static final HashKeyConfig BY_USER = new HashKeyConfig.Header("user", false);
    private static final HashKeyConfig BY_COOKIE =
            new HashKeyConfig.Cookie("seat", Duration.ofMinutes(1), "/", List.of(), false);

    @RegisterExtension
    final Net net = new Net();

    private final Map<String, MockWebServer> servers = new LinkedHashMap<>();
    /** The {@code Cookie} header of every request, in order; "none" where there was none. */
    private final ConcurrentLinkedQueue<String> sentCookies = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void serve() throws IOException {
        for (int i = 0; i < SERVERS; i++) {
            String name = "server-" + i;
            servers.put(name, net.serving(request -> {
                String cookie = request.getHeaders().get("cookie");
                sentCookies.add(cookie == null ? "none" : cookie);
                return new MockResponse.Builder()
                        .addHeader("set-cookie", "theme=dark; Path=/")
                        .addHeader("served-by", name)
                        .build();
            }));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RING_HASH", "MAGLEV"})
    void callsWithOneKeyGoToOneServerAndThoseOfManyToAll(LoadBalancer kind) throws IOException {
        OkHttpClient client = net.client(config(kind, BY_USER));
        String own = asUser(client, "jason");
        for (int i = 0; i < 50; i++) {
            assertThat(asUser(client, "jason")).isEqualTo(own);
        }
        assertThat(new HashSet<>(owners(client).values())).isEqualTo(servers.keySet());
    }

    @ParameterizedTest
    @EnumSource(names = {"RING_HASH", "MAGLEV"})
    void keysOfAServerThatIsGoneMoveOnceAndNoOthers(LoadBalancer kind) throws IOException {
        OkHttpClient client = net.client(config(kind, BY_USER));
        Map<String, String> before = owners(client);
        String gone = before.get("user-0");
        servers.get(gone).close();

        Map<String, String> after = owners(client);
        Map<String, String> later = owners(client);

        assertThat(after.values()).doesNotContain(gone);
        before.forEach((user, owner) -> {
            if (!owner.equals(gone)) {
                assertThat(after).containsEntry(user, owner);
            }
        });
        assertThat(later).isEqualTo(after);
    }

    @Test
    void aClientWithoutCookiesIsGivenOneAndSticksWhenItSendsIt() throws IOException {
        OkHttpClient client = net.client(config(LoadBalancer.RING_HASH, BY_COOKIE));
        Set<String> chosen = new HashSet<>();
        for (int round = 0; round < 50; round++) {
            String pair;
            String server;
            try (Response response = client.newCall(Net.get(Net.REVIEWS)).execute()) {
                server = servedBy(response);
                assertThat(response.headers("set-cookie")).hasSize(2).contains("theme=dark; Path=/");
                String made = response.headers("set-cookie").get(1);
                assertThat(made).matches("seat=[0-9a-f]+; Max-Age=60; Path=/; HttpOnly");
                pair = made.substring(0, made.indexOf(';'));
            }
            chosen.add(server);
            assertThat(sentCookies.poll())
                    .as("the server sees the cookie at once")
                    .isEqualTo(pair);
            Request next = Net.get(Net.REVIEWS)
                    .newBuilder()
                    .header("cookie", "theme=dark; " + pair)
                    .build();
            try (Response response = client.newCall(next).execute()) {
                assertThat(servedBy(response)).isEqualTo(server);
                assertThat(response.headers("set-cookie"))
                        .as("nothing is made for who has one")
                        .containsExactly("theme=dark; Path=/");
            }
            assertThat(sentCookies.poll()).isEqualTo("theme=dark; " + pair);
        }
        assertThat(chosen).isEqualTo(servers.keySet());
    }

    @Test
    void aCookieJarKeepsTheCookieAndSendsIt() throws IOException {
        Jar jar = new Jar();
        OkHttpClient client = client(jar);

        String server = call(client, Net.get(Net.REVIEWS));
        for (int i = 0; i < 20; i++) {
            assertThat(call(client, Net.get(Net.REVIEWS))).isEqualTo(server);
        }

        assertThat(jar.kept.keySet()).containsExactlyInAnyOrder("seat", "theme");
        Cookie seat = jar.kept.get("seat");
        assertThat(seat.httpOnly()).isTrue();
        assertThat(sentCookies.poll()).isEqualTo("seat=" + seat.value());
        assertThat(new HashSet<>(sentCookies))
                .as("that of the server is kept, too")
                .containsExactly("theme=dark; seat=" + seat.value());
    }

    @Test
    void aCookieOfTheApplicationIsUsedAndNeverOverwritten() throws IOException {
        Jar jar = new Jar();
        jar.kept.put("seat", cookie("seat", "7A"));
        OkHttpClient withJar = client(jar);
        String server = call(withJar, Net.get(Net.REVIEWS));
        assertThat(call(withJar, Net.get(Net.REVIEWS))).isEqualTo(server);
        assertThat(jar.kept.get("seat").value()).isEqualTo("7A");

        OkHttpClient without = net.client(config(LoadBalancer.RING_HASH, BY_COOKIE));
        Request written = Net.get(Net.REVIEWS)
                .newBuilder()
                .header("cookie", "seat=7A; theme=dark")
                .build();
        assertThat(call(without, written)).isEqualTo(server);

        assertThat(sentCookies).containsExactly("seat=7A", "seat=7A; theme=dark", "seat=7A; theme=dark");
    }

    @Test
    void aMadeCookieIsAddedToThoseOfTheApplication() throws IOException {
        OkHttpClient client = net.client(config(LoadBalancer.RING_HASH, BY_COOKIE));
        Request twoHeaders = Net.get(Net.REVIEWS)
                .newBuilder()
                .addHeader("cookie", "theme=dark")
                .addHeader("cookie", "lang=en")
                .build();

        call(client, twoHeaders);

        assertThat(sentCookies.poll()).matches("theme=dark; lang=en; seat=[0-9a-f]+");
    }

    private MeshConfig config(LoadBalancer kind, HashKeyConfig key) {
        ClusterConfig cluster =
                Net.cluster(servers.values().toArray(new MockWebServer[0])).withLoadBalancer(kind);
        return Net.config(cluster, route -> route.withHashOn(List.of(key)));
    }

    private OkHttpClient client(CookieJar jar) {
        return net.client(
                new OkHttpClient.Builder().cookieJar(jar).build(), net.mesh(config(LoadBalancer.RING_HASH, BY_COOKIE)));
    }

    /** {@return the server of each of many users} */
    private static Map<String, String> owners(OkHttpClient client) throws IOException {
        Map<String, String> owners = new LinkedHashMap<>();
        for (int i = 0; i < 64; i++) {
            owners.put("user-" + i, asUser(client, "user-" + i));
        }
        return owners;
    }

    private static String asUser(OkHttpClient client, String user) throws IOException {
        return call(
                client, Net.get(Net.REVIEWS).newBuilder().header("user", user).build());
    }

    private static String call(OkHttpClient client, Request request) throws IOException {
        try (Response response = client.newCall(request).execute()) {
            return servedBy(response);
        }
    }

    /** {@return the name of the server that answered; in a header, since answers without a body are sent at once} */
    private static String servedBy(Response response) {
        assertThat(response.code()).isEqualTo(200);
        return response.header("served-by");
    }

    private static Cookie cookie(String name, String value) {
        return new Cookie.Builder()
                .name(name)
                .value(value)
                .domain("reviews")
                .path("/")
                .build();
    }

    /** Keeps everything, by name. */
    private static final class Jar implements CookieJar {

        private final Map<String, Cookie> kept = new LinkedHashMap<>();

        @Override
        public List<Cookie> loadForRequest(HttpUrl url) {
            return new ArrayList<>(kept.values());
        }

        @Override
        public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
            cookies.forEach(cookie -> kept.put(cookie.name(), cookie));
        }
    }
}
