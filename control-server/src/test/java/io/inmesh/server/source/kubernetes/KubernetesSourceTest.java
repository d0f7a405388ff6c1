package io.inmesh.server.source.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.kubernetes.FakeApiServer;
import io.inmesh.server.service.Health;
import io.inmesh.server.service.Workload;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.source.ServiceSource;
import io.inmesh.server.source.ServiceSourceContract;
import io.inmesh.server.source.SourceService;
import io.inmesh.server.source.SourceSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesSourceTest extends ServiceSourceContract {

    @TempDir
    private Path folder;

    private final Told told = new Told();

    @Override
    protected Registry registry() throws IOException {
        return new ClusterRegistry(folder);
    }

    @Test
    void aWatchThatTearsGoesOnWhereItWas() throws Exception {
        try (FakeApiServer api = new FakeApiServer();
                KubernetesSource source = source(api, "")) {
            offer(api, Map.of("reviews", List.of("10.0.0.1:9080")));
            source.start(told);
            await(() -> told.endpoints("reviews") == 1);
            api.bookmark();
            api.tear();
            offer(api, Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.2:9080")));
            await(() -> told.endpoints("reviews") == 2);

            assertThat(api.asked().stream().filter(path -> path.contains("limit=")))
                    .hasSize(3);
            assertThat(told.problems).isEmpty();
        }
    }

    @Test
    void aWatchThatIsTooOldBeginsWithAListAndWhatThatMissesHasVanished() throws Exception {
        try (FakeApiServer api = new FakeApiServer();
                KubernetesSource source = source(api, "")) {
            offer(api, Map.of("reviews", List.of("10.0.0.1:9080")));
            source.start(told);
            await(() -> told.endpoints("reviews") == 1);
            told.missing = SourceSink.Missing.DELETED;
            api.lose(Collection.SLICES.path());

            await(() -> told.endpoints("reviews") == 0);
            assertThat(told.missing).isEqualTo(SourceSink.Missing.VANISHED);
            assertThat(told.problems).isEmpty();
        }
    }

    @Test
    void aServerThatWasRestoredIsListedAnewThoughItsRevisionsAreOlder() throws Exception {
        try (FakeApiServer api = new FakeApiServer();
                KubernetesSource source = source(api, "")) {
            offer(api, Map.of("reviews", List.of("10.0.0.1:9080")));
            api.bookmark();
            source.start(told);
            await(() -> told.endpoints("reviews") == 1);
            api.restore();
            offer(api, Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.2:9080")));

            await(() -> told.endpoints("reviews") == 2);
        }
    }

    @Test
    void aListWhosePagesAreGoneBeforeTheyAreReadIsAProblemAndMadeAgain() throws Exception {
        try (FakeApiServer api = new FakeApiServer();
                KubernetesSource source = source(api, "")) {
            Map<String, List<String>> many = new TreeMap<>();
            for (int i = 0; i < 600; i++) {
                many.put("s" + i, List.of());
            }
            offer(api, many);
            api.forgetASecondPage();
            source.start(told);
            await(() -> told.services.size() == 600);

            assertThat(told.problems).anySatisfy(problem -> assertThat(problem).contains("answers 410"));
        }
    }

    @Test
    void whatAWatchSaysIsGoneWasDeleted() throws Exception {
        try (FakeApiServer api = new FakeApiServer();
                KubernetesSource source = source(api, "")) {
            offer(api, Map.of("reviews", List.of("10.0.0.1:9080"), "ratings", List.of("10.0.0.2:9080")));
            source.start(told);
            await(() -> told.endpoints("reviews") == 1 && told.endpoints("ratings") == 1);

            offer(api, Map.of("ratings", List.of()));
            await(() -> told.endpoints("ratings") == 0 && told.deleted.contains("default/reviews"));
            assertThat(told.missing).isEqualTo(SourceSink.Missing.DELETED);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 429, 500})
    void anErrorIsReportedAndAskedAgain(int status) throws Exception {
        try (FakeApiServer api = new FakeApiServer();
                KubernetesSource source = source(api, "")) {
            offer(api, Map.of("reviews", List.of("10.0.0.1:9080")));
            api.status(status);
            source.start(told);
            await(() -> !told.problems.isEmpty());
            assertThat(told.problems.get(0)).contains("answers " + status).contains("it is like that");

            api.status(200);
            await(() -> told.endpoints("reviews") == 1);
        }
    }

    @Test
    void readsLongListsPageByPageAndShowsItsToken() throws Exception {
        Files.writeString(folder.resolve("token"), "secret\n");
        try (FakeApiServer api = new FakeApiServer();
                KubernetesSource source = source(api, "tokenFile: token")) {
            Map<String, List<String>> many = new TreeMap<>();
            for (int i = 0; i < 1_100; i++) {
                many.put("s" + i, List.of());
            }
            offer(api, many);
            source.start(told);
            await(() -> told.services.size() == 1_100);

            assertThat(api.asked())
                    .contains(
                            "/api/v1/services?limit=500",
                            "/api/v1/services?limit=500&continue=500",
                            "/api/v1/services?limit=500&continue=1000");
            assertThat(new HashSet<>(api.tokens())).containsExactly("Bearer secret");
        }
    }

    @Test
    void aListThatFailsHalfWayIsAskedForAgain() throws Exception {
        try (FakeApiServer api = new FakeApiServer();
                KubernetesSource source = source(api, "")) {
            Map<String, List<String>> many = new TreeMap<>();
            for (int i = 0; i < 600; i++) {
                many.put("s" + i, List.of());
            }
            offer(api, many);
            api.failAtASecondPage();
            source.start(told);
            await(() -> told.services.size() == 600);
            assertThat(told.problems).isNotEmpty().allMatch(problem -> problem.contains("answers 500"));
            assertThat(secondPages(api)).isEqualTo(2);

            api.failAtASecondPage();
            source.resync();
            await(() -> secondPages(api) == 4);
        }
    }

    private static long secondPages(FakeApiServer api) {
        return api.asked().stream()
                .filter(path -> path.endsWith("&continue=500"))
                .count();
    }

    /** Conditions of an endpoint, and the health that follows. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|HEALTHY",
                "{\"ready\": true, \"serving\": true, \"terminating\": false}|HEALTHY",
                "{\"ready\": false, \"serving\": false, \"terminating\": false}|UNHEALTHY",
                "{\"ready\": false, \"serving\": true, \"terminating\": true}|DRAINING",
                "{\"ready\": false, \"serving\": false, \"terminating\": true}|DRAINING",
            })
    void conditionsDecideAboutHealth(String conditions, Health health) throws IOException {
        Cluster cluster = cluster("");
        cluster.change(Collection.SERVICES, service("ports: [{port: 80}]"), false);
        cluster.change(Collection.SLICES, slice("a", "IPv4", "", 8080, conditions, "10.0.0.1"), false);

        assertThat(cluster.service("default/reviews").orElseThrow().endpoints())
                .extracting(Workload::health)
                .containsExactly(health);
    }

    @Test
    void endpointsHaveLabelsAndAccountOfTheirPodAndTheirZone() throws IOException {
        Cluster cluster = cluster("region: eu");
        cluster.change(Collection.SERVICES, service("ports: [{port: 80, name: http}]"), false);
        cluster.change(Collection.SLICES, slice("a", "IPv4", "http", 8080, "{}", "10.0.0.1"), false);
        ObjectNode pod = FakeApiServer.object("""
                {"metadata": {"namespace": "default", "name": "pod-10.0.0.1",
                  "labels": {"version": "v2", "security.istio.io/tlsMode": "istio"}},
                 "spec": {"serviceAccountName": "bookinfo-reviews"}, "status": {"phase": "Running"}}""");
        assertThat(cluster.change(Collection.PODS, pod, false)).containsExactly("default/reviews");
        assertThat(cluster.change(Collection.PODS, pod, false)).isEmpty();

        SourceService service = cluster.service("default/reviews").orElseThrow();
        Workload endpoint = service.endpoints().get(0);
        assertThat(endpoint.labels()).containsEntry("version", "v2");
        assertThat(endpoint.serviceAccount()).isEqualTo("bookinfo-reviews");
        assertThat(endpoint.meshTls()).isTrue();
        assertThat(endpoint.locality()).hasToString("eu/z1");
        assertThat(endpoint.portFor(service.ports().get(0))).hasValue(8080);
    }

    @Test
    void podsThatAreListedAfterTheirEndpointsAreTheirsAllTheSame() throws IOException {
        Cluster cluster = cluster("");
        cluster.change(Collection.SERVICES, service("ports: [{port: 80, name: http}]"), false);
        cluster.replace(Collection.SLICES, List.of(slice("a", "IPv4", "http", 8080, "{}", "10.0.0.1")));
        cluster.replace(Collection.PODS, List.of(FakeApiServer.object("""
                {"metadata": {"namespace": "default", "name": "pod-10.0.0.1"}, "spec": {"serviceAccountName": "one"}}""")));

        assertThat(cluster.service("default/reviews").orElseThrow().endpoints())
                .extracting(Workload::serviceAccount)
                .containsExactly("one");
    }

    @Test
    void aSliceThatIsGivenToAnotherServiceLeavesTheOneItHad() throws IOException {
        Cluster cluster = cluster("");
        cluster.change(Collection.SERVICES, service("ports: [{port: 80, name: http}]"), false);
        ObjectNode slice = slice("a", "IPv4", "http", 8080, "{}", "10.0.0.1");
        cluster.change(Collection.SLICES, slice.deepCopy(), false);
        ((ObjectNode) slice.at("/metadata/labels")).put("kubernetes.io/service-name", "other");

        assertThat(cluster.change(Collection.SLICES, slice, false))
                .containsExactlyInAnyOrder("default/reviews", "default/other");
        assertThat(cluster.service("default/reviews").orElseThrow().endpoints()).isEmpty();
        assertThat(cluster.change(Collection.SLICES, slice, true)).containsExactly("default/other");
    }

    @Test
    void anEndpointInTwoSlicesIsOneAndIsReadyIfOneSaysSo() throws IOException {
        Cluster cluster = cluster("");
        cluster.change(Collection.SERVICES, service("ports: [{port: 80, name: http}, {port: 81, name: admin}]"), false);
        cluster.change(Collection.SLICES, slice("a", "IPv4", "http", 8080, "{\"ready\": false}", "10.0.0.1"), false);
        cluster.change(Collection.SLICES, slice("b", "IPv4", "admin", 8081, "{\"ready\": true}", "10.0.0.1"), false);

        List<Workload> endpoints =
                cluster.service("default/reviews").orElseThrow().endpoints();
        assertThat(endpoints).hasSize(1);
        assertThat(endpoints.get(0).health()).isEqualTo(Health.HEALTHY);
        assertThat(endpoints.get(0).ports()).isEqualTo(Map.of("http", 8080, "admin", 8081));
    }

    @Test
    void aPodWithAddressesOfBothFamiliesCountsOnce() throws IOException {
        Cluster cluster = cluster("");
        cluster.change(Collection.SERVICES, service("ports: [{port: 80}], ipFamilies: [IPv4, IPv6]"), false);
        cluster.change(Collection.SLICES, slice("a", "IPv4", "", 8080, "{}", "10.0.0.1"), false);
        cluster.change(Collection.SLICES, slice("b", "IPv6", "", 8080, "{}", "2001:db8::1"), false);

        assertThat(cluster.service("default/reviews").orElseThrow().endpoints())
                .extracting(Workload::address)
                .containsExactly("10.0.0.1");
    }

    @Test
    void namesForAddressesAndOtherNamespacesAreNotUsed() throws IOException {
        Cluster cluster = cluster("");
        cluster.change(Collection.SERVICES, service("ports: [{port: 80}]"), false);
        cluster.change(Collection.SLICES, slice("a", "FQDN", "", 8080, "{}", "host.example"), false);
        assertThat(cluster.service("default/reviews").orElseThrow().remark())
                .isEqualTo("1 endpoints have names for addresses and are not used");
        cluster.change(Collection.SERVICES, service("type: ExternalName, externalName: a.example"), false);
        assertThat(cluster.all()).isEmpty();

        Cluster other = cluster("namespaces: [shop]");
        assertThat(other.change(Collection.SERVICES, service("ports: [{port: 80}]"), false))
                .isEmpty();
        assertThat(other.all()).isEmpty();
    }

    @Test
    void inAPodNothingHasToBeSaid() throws IOException {
        Path file = Files.writeString(folder.resolve("one.yaml"), "{}");
        Map<String, String> pod = Map.of("KUBERNETES_SERVICE_HOST", "2001:db8::a", "KUBERNETES_SERVICE_PORT", "6443");
        assertThat(KubernetesSettings.read(SettingsFile.read(file), pod).api().url())
                .hasToString("https://[2001:db8::a]:6443");
        assertThatThrownBy(() -> KubernetesSettings.read(SettingsFile.read(file), Map.of()))
                .hasMessageContaining("url is missing; name the API server");
    }

    private static ObjectNode service(String spec) {
        String json = "{\"metadata\": {\"namespace\": \"default\", \"name\": \"reviews\"}, \"spec\": {"
                + spec.replaceAll("([A-Za-z]+):", "\"$1\":").replaceAll(": ([A-Za-z][A-Za-z.]*)", ": \"$1\"")
                + "}}";
        return FakeApiServer.object(json.replace("[IPv4, IPv6]", "[\"IPv4\", \"IPv6\"]"));
    }

    private static ObjectNode slice(
            String name, String type, String port, int number, String conditions, String address) {
        return FakeApiServer.object("""
                {"metadata": {"namespace": "default", "name": "%s", "labels": {"kubernetes.io/service-name": "reviews"}},
                 "addressType": "%s", "ports": [{"name": "%s", "port": %d, "protocol": "TCP"}],
                 "endpoints": [{"addresses": ["%s"], "conditions": %s, "zone": "z1",
                   "targetRef": {"kind": "Pod", "namespace": "default", "name": "pod-%s"}}]}""".formatted(name, type, port, number, address, conditions, address));
    }

    @Test
    void configurationIsTakenOnlyIfAskedForAndStatusesComeWithIt() throws IOException {
        KubernetesSettings without = read(folder, "http://127.0.0.1:1", "");
        assertThat(without.configuration()).isFalse();
        assertThat(without.writeStatus()).isFalse();
        assertThat(read(folder, "http://127.0.0.1:1", "configuration: true").writeStatus())
                .isTrue();
        assertThat(read(folder, "http://127.0.0.1:1", "configuration: true\nwriteStatus: false")
                        .writeStatus())
                .isFalse();
        assertThatThrownBy(() -> read(folder, "http://127.0.0.1:1", "writeStatus: true"))
                .hasMessageContaining("writeStatus")
                .hasMessageContaining("set configuration to true");
    }

    private Cluster cluster(String more) throws IOException {
        return new Cluster("k8s", read(folder, "http://127.0.0.1:1", more));
    }

    private KubernetesSource source(FakeApiServer api, String more) throws IOException {
        return new KubernetesSource("tried", read(folder, api.url(), more));
    }

    private static KubernetesSettings read(Path folder, String url, String more) throws IOException {
        Path file = Files.writeString(folder.resolve("kubernetes.yaml"), "url: " + url + "\n" + more + "\n");
        return KubernetesSettings.read(SettingsFile.read(file), Map.of());
    }

    /** Slices of two endpoints at most; what is named twice is in two of them. */
    private static void offer(FakeApiServer api, Map<String, List<String>> endpointsByService) {
        Map<String, ObjectNode> services = new TreeMap<>();
        Map<String, ObjectNode> slices = new TreeMap<>();
        endpointsByService.forEach((name, endpoints) -> {
            services.put(name, FakeApiServer.object("{\"metadata\": {}, \"spec\": {\"ports\": [{\"port\": 9080}]}}"));
            for (int i = 0; i < endpoints.size(); i++) {
                String[] parts = endpoints.get(i).split(":");
                slices.put(name + "-" + i, FakeApiServer.object("""
                        {"metadata": {"labels": {"kubernetes.io/service-name": "%s"}}, "addressType": "IPv4",
                         "ports": [{"port": %s}], "endpoints": [{"addresses": ["%s"]}]}""".formatted(name, parts[1], parts[0])));
            }
        });
        api.set(Collection.SERVICES.path(), services);
        api.set(Collection.SLICES.path(), slices);
    }

    /** What was told: endpoints by service, what was deleted, and what went wrong. */
    private static final class Told implements SourceSink {
        private final Map<String, Integer> services = Collections.synchronizedMap(new TreeMap<>());
        private final Set<String> deleted = Collections.synchronizedSet(new HashSet<>());
        private final List<String> problems = Collections.synchronizedList(new ArrayList<>());
        private volatile Missing missing = Missing.VANISHED;

        int endpoints(String service) {
            return services.getOrDefault(service, -1);
        }

        @Override
        public void listed(java.util.Collection<SourceService> all, Missing kind) {
            missing = kind;
            all.forEach(
                    service -> services.put(service.name(), service.endpoints().size()));
        }

        @Override
        public void changed(SourceService service, Missing kind) {
            missing = kind;
            services.put(service.name(), service.endpoints().size());
        }

        @Override
        public void deleted(String namespace, String name) {
            deleted.add(namespace + "/" + name);
        }

        @Override
        public void answered() {}

        @Override
        public void failed(String why) {
            problems.add(why);
        }
    }

    private static final class ClusterRegistry implements Registry {
        private final FakeApiServer api = new FakeApiServer();
        private final Path folder;

        ClusterRegistry(Path folder) throws IOException {
            this.folder = folder;
        }

        @Override
        public ServiceSource source() throws IOException {
            return new KubernetesSource("tried", read(folder, api.url(), ""));
        }

        @Override
        public void offer(Map<String, List<String>> endpointsByService) {
            KubernetesSourceTest.offer(api, endpointsByService);
        }

        @Override
        public void down() {
            api.status(500);
        }

        @Override
        public void up() {
            api.status(200);
        }

        @Override
        public boolean hang() {
            api.hang();
            return true;
        }

        @Override
        public boolean tellsDeletion() {
            return true;
        }

        @Override
        public int huge() {
            return 1_500;
        }

        @Override
        public void close() {
            api.close();
        }
    }
}
