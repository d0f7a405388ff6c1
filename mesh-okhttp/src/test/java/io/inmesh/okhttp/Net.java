package io.inmesh.okhttp;

import io.inmesh.Mesh;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Servers, meshes and clients of one test, on real sockets; all are closed after it. */
final class Net implements AfterEachCallback {

    /** What most tests call; {@code reviews:9080} is known to the mesh. */
    static final String REVIEWS = "http://reviews:9080/";

    static final String AUTHORITY = "reviews:9080";

    private final List<MockWebServer> servers = new ArrayList<>();
    private final List<Mesh> meshes = new ArrayList<>();
    private final List<OkHttpClient> clients = new ArrayList<>();

    @Override
    public void afterEach(ExtensionContext context) {
        for (OkHttpClient client : clients) {
            client.dispatcher().cancelAll();
            client.dispatcher().executorService().shutdownNow();
            client.connectionPool().evictAll();
        }
        meshes.forEach(Mesh::close);
        servers.forEach(MockWebServer::close);
    }

    /** {@return a server that always answers 200 with a text} */
    MockWebServer answering(String text) throws IOException {
        return serving(request -> new MockResponse.Builder().body(text).build());
    }

    /** {@return a server that always answers with a status} */
    MockWebServer status(int status) throws IOException {
        return serving(request -> new MockResponse.Builder().code(status).build());
    }

    MockWebServer serving(Handler handler) throws IOException {
        return serving(handler, server -> {});
    }

    MockWebServer serving(Handler handler, Consumer<MockWebServer> settings) throws IOException {
        return serving("127.0.0.1", handler, settings);
    }

    MockWebServer serving(String address, Handler handler, Consumer<MockWebServer> settings) throws IOException {
        MockWebServer server = new MockWebServer();
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                return handler.answer(request);
            }
        });
        settings.accept(server);
        server.start(InetAddress.getByName(address), 0);
        servers.add(server);
        return server;
    }

    /** What a server does with a request; it may wait. */
    interface Handler {
        MockResponse answer(RecordedRequest request) throws InterruptedException;
    }

    /** {@return a port that nobody listens on} */
    static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    /** {@return a round-robin cluster named {@code reviews} of these servers} */
    static ClusterConfig cluster(MockWebServer... servers) {
        ClusterConfig cluster = ClusterConfig.of("reviews").withLoadBalancer(LoadBalancer.ROUND_ROBIN);
        for (MockWebServer server : servers) {
            cluster = cluster.endpoint("127.0.0.1", server.getPort());
        }
        return cluster;
    }

    /** {@return a config in which {@code reviews:9080} is a cluster, by the default route} */
    static MeshConfig config(ClusterConfig cluster) {
        return config(cluster, route -> route);
    }

    static MeshConfig config(ClusterConfig cluster, Function<RouteConfig, RouteConfig> route) {
        return MeshConfig.builder()
                .cluster(cluster)
                .virtualHost(VirtualHostConfig.of(AUTHORITY, route.apply(RouteConfig.to(cluster.name()))))
                .build();
    }

    /** {@return a policy that repeats without waiting} */
    static RetryConfig retries(int retries, Condition... on) {
        return RetryConfig.DEFAULT
                .withRetries(retries)
                .withConditions(Set.of(on))
                .withBackoff(Duration.ofNanos(1), Duration.ofNanos(1));
    }

    Mesh mesh(MeshConfig config) {
        return keep(Mesh.of(config));
    }

    Mesh keep(Mesh mesh) {
        meshes.add(mesh);
        return mesh;
    }

    OkHttpClient client(MeshConfig config) {
        return client(mesh(config));
    }

    OkHttpClient client(Mesh mesh) {
        return client(new OkHttpClient(), mesh);
    }

    OkHttpClient client(OkHttpClient application, Mesh mesh) {
        OkHttpClient client = MeshOkHttp.wrap(application, mesh);
        clients.add(client);
        return client;
    }

    static Request get(String url) {
        return new Request.Builder().url(url).build();
    }

    /** {@return status and body of a call, as {@code 200 text}} */
    static String call(OkHttpClient client, Request request) throws IOException {
        try (Response response = client.newCall(request).execute()) {
            return response.code() + " " + response.body().string();
        }
    }

    static String call(OkHttpClient client, String url) throws IOException {
        return call(client, get(url));
    }
}
