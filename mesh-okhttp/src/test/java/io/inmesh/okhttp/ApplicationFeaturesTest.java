package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.observe.CallObserver;
import io.inmesh.observe.MeshObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Cache;
import okhttp3.CacheControl;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What an application had in its client goes on working with the mesh in it. */
final class ApplicationFeaturesTest {

    @RegisterExtension
    final Net net = new Net();

    private final OkHttpClient.Builder application = new OkHttpClient.Builder();

    @Test
    void interceptorsAboveSeeOneCallAndThoseBelowEveryAttempt() throws IOException {
        MockWebServer bad = net.status(503);
        AtomicInteger above = new AtomicInteger();
        AtomicInteger below = new AtomicInteger();
        application.addInterceptor(chain -> {
            above.incrementAndGet();
            return chain.proceed(chain.request());
        });
        application.addNetworkInterceptor(chain -> {
            below.incrementAndGet();
            return chain.proceed(chain.request());
        });

        assertThat(Net.call(client(retrying(bad)), Net.REVIEWS)).isEqualTo("503 ");

        assertThat(above).hasValue(1);
        assertThat(below).hasValue(3);
    }

    @Test
    void interceptorAboveThatAsksTwiceIsBalancedTwice() throws IOException {
        MockWebServer one = net.answering("one");
        MockWebServer two = net.answering("two");
        application.addInterceptor(chain -> {
            chain.proceed(chain.request()).close();
            return chain.proceed(chain.request());
        });

        Net.call(client(Net.config(Net.cluster(one, two))), Net.REVIEWS);

        assertThat(one.getRequestCount()).isEqualTo(1);
        assertThat(two.getRequestCount()).isEqualTo(1);
    }

    @Test
    void networkInterceptorsSeeTheHeaderTheServerSent() throws IOException {
        MockWebServer bad = net.serving(request -> new MockResponse.Builder()
                .code(503)
                .addHeader("Retry-After", "0")
                .build());
        List<String> seen = new CopyOnWriteArrayList<>();
        application.addNetworkInterceptor(chain -> {
            Response response = chain.proceed(chain.request());
            seen.add(response.header("Retry-After"));
            return response;
        });

        Net.call(client(Net.config(Net.cluster(bad))), Net.REVIEWS);

        assertThat(seen).containsExactly("0");
    }

    @Test
    void cookiesBelongToTheName() throws Exception {
        MockWebServer one = cookieServer();
        MockWebServer two = cookieServer();
        application.cookieJar(new Jar());
        OkHttpClient client = client(Net.config(Net.cluster(one, two)));

        Net.call(client, Net.REVIEWS);
        Net.call(client, Net.REVIEWS);

        List<String> cookies = new CopyOnWriteArrayList<>();
        for (MockWebServer server : List.of(one, two)) {
            cookies.add(String.valueOf(server.takeRequest().getHeaders().get("Cookie")));
        }
        assertThat(cookies).containsExactlyInAnyOrder("null", "a=b");
    }

    @Test
    void cachedAnswerReachesNoServer(@TempDir Path directory) throws IOException {
        MockWebServer server = net.serving(request -> new MockResponse.Builder()
                .addHeader("Cache-Control", "max-age=3600")
                .body("cached")
                .build());
        application.cache(new Cache(directory.toFile(), 1_000_000));
        OkHttpClient client = client(Net.config(Net.cluster(server)));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 cached");
        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 cached");

        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void endpointIsNotBlamedForWhatIsNotInTheCache(@TempDir Path directory) throws IOException {
        MockWebServer server = net.answering("fine");
        application.cache(new Cache(directory.toFile(), 1_000_000));
        AtomicInteger calls = new AtomicInteger();
        Mesh mesh = net.keep(Mesh.builder()
                .config(Net.config(Net.cluster(server)))
                .observer(new MeshObserver() {
                    @Override
                    public CallObserver callStarted(io.inmesh.call.Call call, String virtualHost, String route) {
                        calls.incrementAndGet();
                        return CallObserver.NONE;
                    }
                })
                .build());
        OkHttpClient client = net.client(application.build(), mesh);
        Request onlyCached = Net.get(Net.REVIEWS)
                .newBuilder()
                .cacheControl(CacheControl.FORCE_CACHE)
                .build();

        assertThat(Net.call(client, onlyCached)).startsWith("504 ");

        assertThat(calls).hasValue(0);
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void eventListenerHearsOfOneCallAndItsConnection() throws IOException {
        List<String> events = new CopyOnWriteArrayList<>();
        application.eventListener(new EventListener() {
            @Override
            public void callStart(Call call) {
                events.add("start");
            }

            @Override
            public void connectionAcquired(Call call, Connection connection) {
                events.add("acquired");
            }

            @Override
            public void connectionReleased(Call call, Connection connection) {
                events.add("released");
            }

            @Override
            public void callEnd(Call call) {
                events.add("end");
            }
        });
        OkHttpClient client = client(Net.config(Net.cluster(net.answering("ok"))));

        Net.call(client, Net.REVIEWS);

        assertThat(events).containsExactly("start", "acquired", "released", "end");
    }

    @Test
    void authenticatorAnswersTheChallengeOfTheEndpointThatMadeIt() throws IOException {
        Net.Handler handler = request -> request.getHeaders().get("Authorization") == null
                ? new MockResponse.Builder().code(401).build()
                : new MockResponse.Builder().body("welcome").build();
        MockWebServer one = net.serving(handler);
        MockWebServer two = net.serving(handler);
        application.authenticator((route, response) -> response.request()
                .newBuilder()
                .header("Authorization", "Bearer x")
                .build());

        assertThat(Net.call(client(Net.config(Net.cluster(one, two))), Net.REVIEWS))
                .isEqualTo("200 welcome");

        assertThat(List.of(one.getRequestCount(), two.getRequestCount())).containsExactlyInAnyOrder(0, 2);
    }

    @Test
    void meshAsNetworkInterceptorSaysWhereItBelongs() throws IOException {
        OkHttpClient meshed = client(Net.config(Net.cluster(net.answering("never"))));
        Interceptor mesh = meshed.interceptors().get(0);
        MockWebServer server = net.answering("never");
        OkHttpClient wrong =
                new OkHttpClient.Builder().addNetworkInterceptor(mesh).build();

        assertThatThrownBy(() -> Net.call(wrong, "http://127.0.0.1:" + server.getPort() + "/"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("MeshOkHttp.wrap");
        assertThat(server.getRequestCount()).isZero();
        wrong.connectionPool().evictAll();
    }

    @Test
    void clientIsWrappedOnce() throws IOException {
        Mesh mesh = net.mesh(Net.config(Net.cluster(net.answering("ok"))));
        OkHttpClient meshed = net.client(mesh);

        assertThatThrownBy(() -> MeshOkHttp.wrap(meshed.newBuilder().build(), mesh))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wrap it once");
    }

    private OkHttpClient client(MeshConfig config) {
        return net.client(application.build(), net.mesh(config));
    }

    private static MeshConfig retrying(MockWebServer server) {
        return Net.config(Net.cluster(server), route -> route.withRetry(Net.retries(2, Condition.GATEWAY_ERROR)));
    }

    private MockWebServer cookieServer() throws IOException {
        return net.serving(request ->
                new MockResponse.Builder().addHeader("Set-Cookie", "a=b").build());
    }

    /** Keeps the cookies of each host. */
    private static final class Jar implements CookieJar {
        private final Map<String, List<Cookie>> cookies = new ConcurrentHashMap<>();

        @Override
        public List<Cookie> loadForRequest(HttpUrl url) {
            return cookies.getOrDefault(url.host(), List.of());
        }

        @Override
        public void saveFromResponse(HttpUrl url, List<Cookie> received) {
            cookies.put(url.host(), received);
        }
    }
}
