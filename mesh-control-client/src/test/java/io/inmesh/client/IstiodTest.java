package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The client with Istio's own control plane, whose configuration is a folder, in both variants of the protocol. Runs where {@code ISTIOD} names
 * its binary ({@code pilot-discovery} of Istio's repository) and {@code KUBECONFIG} an API server, without which it does not start; nothing
 * is asked of that but a namespace {@code istio-system}.
 */
@EnabledIfEnvironmentVariable(named = "ISTIOD", matches = ".+")
final class IstiodTest {

    private static final String REVIEWS = "reviews.default.svc.cluster.local";
    private static final String V1 = "outbound|9080|v1|" + REVIEWS;
    private static final String V2 = "outbound|9080|v2|" + REVIEWS;
    private static final String SERVICE = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: reviews, namespace: default}
            spec:
              hosts: [reviews.default.svc.cluster.local]
              location: MESH_INTERNAL
              resolution: STATIC
              ports: [{number: 9080, name: http, protocol: HTTP}]
              endpoints:
              - {address: 10.0.0.1, serviceAccount: reviews, labels: {app: reviews, version: v1, security.istio.io/tlsMode: istio}}
              - {address: 10.0.0.2, serviceAccount: reviews, labels: {app: reviews, version: v2, security.istio.io/tlsMode: istio}}
            """;
    private static final String RULES = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews, namespace: default}
            spec:
              host: reviews.default.svc.cluster.local
              trafficPolicy:
                loadBalancer: {simple: ROUND_ROBIN}
                connectionPool: {http: {http2MaxRequests: 40}}
                outlierDetection: {consecutive5xxErrors: 3, interval: 7s, baseEjectionTime: 20s}
              subsets:
              - {name: v1, labels: {version: v1}}
              - {name: v2, labels: {version: v2}}
            ---
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: default, namespace: default}
            spec: {mtls: {mode: STRICT}}
            ---
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: readers, namespace: default}
            spec:
              rules:
              - from: [{source: {principals: [cluster.local/ns/default/sa/productpage]}}]
                to: [{operation: {methods: [GET]}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews, namespace: default}
            spec:
              hosts: [reviews.default.svc.cluster.local]
              http:
              - name: broken
                match: [{headers: {end-user: {exact: jason}}}]
                fault: {abort: {percentage: {value: 25}, httpStatus: 418}}
                route: [{destination: {host: reviews.default.svc.cluster.local, subset: v2}}]
              - name: split
                timeout: 4s
                retries: {attempts: 3, perTryTimeout: 1s, retryOn: 5xx}
                route:
                - {destination: {host: reviews.default.svc.cluster.local, subset: v1}, weight: %d}
                - {destination: {host: reviews.default.svc.cluster.local, subset: v2}, weight: %d}
            """;

    @TempDir
    Path folder;

    private final FakeMesh mesh = new FakeMesh();
    private Process istiod;
    private int port;

    @BeforeEach
    void start() throws Exception {
        Path rules = Files.createDirectory(folder.resolve("rules"));
        Files.writeString(rules.resolve("service.yaml"), SERVICE);
        weigh(90, 10);
        port = freePort();
        ProcessBuilder command = new ProcessBuilder(
                        System.getenv("ISTIOD"),
                        "discovery",
                        "--configDir=" + rules,
                        "--registries=Kubernetes",
                        "--kubeconfig=" + System.getenv("KUBECONFIG"),
                        "--domain=cluster.local",
                        "--grpcAddr=127.0.0.1:" + port,
                        "--secureGRPCAddr=",
                        "--httpAddr=127.0.0.1:" + freePort(),
                        "--httpsAddr=",
                        "--monitoringAddr=127.0.0.1:" + freePort(),
                        "--ctrlz_port=0")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("istiod.log").toFile());
        command.environment().put("POD_NAMESPACE", "istio-system");
        istiod = command.start();
        awaitPort();
    }

    @AfterEach
    void stop() throws Exception {
        if (istiod == null) {
            return;
        }
        istiod.destroy();
        if (!istiod.waitFor(30, TimeUnit.SECONDS)) {
            istiod.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatItSendsIsPutInUseAndItsChangesAreFollowed(boolean stateOfTheWorld) throws Exception {
        try (ControlClient client = client(stateOfTheWorld)) {
            client.start(mesh);
            MeshConfig config = await(known -> weights(known).equals(Map.of(V1, 90L, V2, 10L)));

            assertThat(addresses(config, V1)).containsExactly("10.0.0.1:9080");
            assertThat(addresses(config, V2)).containsExactly("10.0.0.2:9080");
            assertThat(cluster(config, V1).outlierDetection().interval()).hasSeconds(7);
            RouteConfig split = route(config, "split");
            assertThat(split.timeout()).hasSeconds(4);
            assertThat(split.retry().retries()).isEqualTo(3);
            assertThat(route(config, "broken").fault())
                    .isEqualTo(new FaultConfig(null, new FaultConfig.Abort(418, -1, 250_000)));

            weigh(20, 80);

            await(known -> weights(known).equals(Map.of(V1, 20L, V2, 80L)));
            assertThat(client.status().lastRejection())
                    .as("of what comes in, which has conditions of a proxy; nothing comes in here")
                    .contains("virtualInbound");
        }
    }

    private void weigh(int first, int second) throws IOException {
        Path file = folder.resolve("rules.yaml");
        Files.writeString(file, RULES.formatted(first, second));
        Files.move(
                file,
                folder.resolve("rules").resolve("rules.yaml"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private ControlClient client(boolean stateOfTheWorld) {
        ControlClientBuilder builder = ControlClient.builder()
                .server("127.0.0.1:" + port)
                .service("productpage")
                .plaintextOnLoopback();
        return (stateOfTheWorld ? builder.stateOfTheWorld() : builder).build();
    }

    private MeshConfig await(Predicate<MeshConfig> wanted) throws InterruptedException {
        MeshConfig config = mesh.nextConfig();
        while (!wanted.test(config)) {
            config = mesh.nextConfig();
        }
        return config;
    }

    private static Map<String, Long> weights(MeshConfig config) {
        Map<String, Long> weights = new TreeMap<>();
        routes(config).filter(route -> route.name().equals("split")).forEach(route -> {
            if (route.action() instanceof RouteAction.Forward forward) {
                forward.clusters().forEach(one -> weights.put(one.cluster(), one.weight()));
            }
        });
        return weights;
    }

    private static RouteConfig route(MeshConfig config, String name) {
        return routes(config)
                .filter(route -> route.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<RouteConfig> routes(MeshConfig config) {
        return config.virtualHosts().stream().flatMap(host -> host.routes().stream());
    }

    private static ClusterConfig cluster(MeshConfig config, String name) {
        return config.clusters().stream()
                .filter(cluster -> cluster.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> addresses(MeshConfig config, String cluster) {
        return cluster(config, cluster).endpoints().stream()
                .map((EndpointConfig endpoint) -> endpoint.host() + ":" + endpoint.port())
                .toList();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitPort() throws Exception {
        for (int tries = 0; tries < 600 && istiod.isAlive(); tries++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        throw new AssertionError("istiod does not listen: " + Files.readString(folder.resolve("istiod.log")));
    }
}
