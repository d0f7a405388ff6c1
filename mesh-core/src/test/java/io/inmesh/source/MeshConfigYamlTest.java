package io.inmesh.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.inmesh.InvalidConfigException;
import io.inmesh.Mesh;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.ConcurrencyConfig;
import io.inmesh.config.Condition;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.ExternalProtocol;
import io.inmesh.config.ForwardersConfig;
import io.inmesh.config.HeaderNames;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.InboundTrafficConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RateLimitConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.StringMatch;
import io.inmesh.snapshot.Problem;
import io.inmesh.testkit.FakeCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a config file says, and what is said about one that is wrong. */
final class MeshConfigYamlTest {

    @TempDir
    private Path directory;

    /** The example that users read. */
    private static String documentedExample() throws IOException {
        Matcher fence = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/config-file.md")));
        assertThat(fence.find()).isTrue();
        return fence.group(1);
    }

    @Test
    void theDocumentedExampleSaysWhatItSeemsToSay() throws IOException {
        MeshConfig config = MeshConfigYaml.parse("mesh.yaml", documentedExample());
        assertThat(config.version()).isEqualTo("17");
        ClusterConfig v1 = config.clusters().get(0);
        assertThat(v1.loadBalancer()).isEqualTo(LoadBalancer.ROUND_ROBIN);
        assertThat(v1.endpoints()).extracting(EndpointConfig::weight).containsExactly(1L, 2L);
        ClusterConfig v2 = config.clusters().get(1);
        assertThat(v2.circuitBreaker().maxRequests()).isEqualTo(100);
        assertThat(v2.outlierDetection().minHealthPercent()).isEqualTo(30);
        assertThat(v2.endpoints().get(1).health()).isEqualTo(EndpointConfig.Health.DRAINING);
        List<RouteConfig> routes = config.virtualHosts().get(0).routes();
        assertThat(config.virtualHosts().get(0).port()).isEqualTo(9080);
        RouteConfig testers = routes.get(0);
        assertThat(testers.timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(testers.retry().on())
                .containsExactlyInAnyOrder(
                        RetryConfig.Condition.CONNECT_FAILURE,
                        RetryConfig.Condition.SERVER_ERROR,
                        RetryConfig.Condition.RETRIABLE_STATUS_CODES);
        assertThat(testers.retry().perTryTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(routes.get(1).action()).isInstanceOf(RouteAction.Redirect.class);
        assertThat(routes.get(2).action()).isEqualTo(new RouteAction.DirectResponse(403, "not here"));
        assertThat(routes.get(3).fault().delay().millionths()).isEqualTo(1000);
        assertThat(config.inbound().mtls()).isEqualTo(Mtls.STRICT);
        assertThat(config.inbound().mtlsByPort()).containsExactly(Map.entry(9090, Mtls.PERMISSIVE));
        assertThat(config.inbound().forwarders()).isEqualTo(ForwardersConfig.at(new Condition.Cidr("10.0.0.0", 8)));
        assertThat(config.inbound().authorization().get(0).action()).isEqualTo(AuthorizationConfig.Action.ALLOW);
        InboundTrafficConfig traffic = config.inbound().traffic();
        assertThat(traffic.rateLimits())
                .containsExactly(new RateLimitConfig(
                        "login",
                        new Condition.Path(StringMatch.exact("/login")),
                        10,
                        5,
                        Duration.ofSeconds(1),
                        new RateLimitConfig.Bucket.PerHeader("x-client", 10_000)));
        assertThat(traffic.concurrency()).isEqualTo(new ConcurrencyConfig(20, 5, 200, 1.5, Duration.ofMillis(20)));
        assertThat(traffic.minRemaining()).isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void theDocumentedExampleCanBeUsed() throws IOException {
        Path file = Files.writeString(directory.resolve("mesh.yaml"), documentedExample());
        try (Mesh mesh = Mesh.fromFile(file)) {
            assertThat(mesh.explain(FakeCall.get("/reviews").header("end-user", "jason"))
                            .toString())
                    .contains("route testers of mesh.yaml line")
                    .contains("cluster reviews-v2 of mesh.yaml line");
        }
    }

    @Test
    void anUnknownKeyIsToldWithItsLineAndTheKnownOnes() {
        assertThat(problems("clusters:\n- name: a\n  loadBalancr: random\n"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.resource()).isEqualTo("test.yaml line 3");
                    assertThat(problem.field()).isEqualTo("loadBalancr");
                    assertThat(problem.message()).isEqualTo("is not known here");
                    assertThat(problem.remedy()).contains("loadBalancer");
                });
    }

    @Test
    void allMistakesAreToldAtOnce() {
        List<Problem> problems = problems("""
                clusters:
                - name: a
                  connectTimeout: soon
                  endpoints:
                  - 10.0.0.1
                  - {address: 10.0.0.2:80, weight: 0}
                - loadBalancer: best
                virtualHosts:
                - host: reviews
                  routes:
                  - timeout: 1s
                  - to: a
                    match: {path: {exact: /a, prefix: /b}}
                    fault: {abort: {httpStatus: 503}}
                """);
        assertThat(problems)
                .extracting(Problem::resource)
                .containsExactlyInAnyOrder(
                        "test.yaml line 3",
                        "test.yaml line 5",
                        "test.yaml line 6",
                        "test.yaml line 7",
                        "test.yaml line 7",
                        "test.yaml line 11",
                        "test.yaml line 13",
                        "test.yaml line 14");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "version: 1\\nversion: 2 | is given twice",
                "clusters: | has no value",
                "clusters: {} | is not a list",
                "clusters: [a] | is not a mapping",
                "inbound: {mtls: maybe} | is \"maybe\"",
                "inbound: {mtlsByPort: {9090: maybe}} | is \"maybe\"",
                "inbound: {mtlsByPort: {http: strict}} | has the key http",
                "inbound: {mtlsByPort: {99999: strict}} | has the key 99999",
                "inbound: {forwarders: {ranges: [10.0.0.0/x]}} | is \"10.0.0.0/x\"",
                "inbound: {forwarders: {proxies: 1}} | is not known here",
                "inbound: {authorization: [{policies: []}]} | has no action",
                "inbound: {authorization: [{action: deny, policies: [{name: a}]}]} | has no when",
                "inbound: {authorization: [{action: audit, shadow: true}]} | is an AUDIT set on trial",
                "inbound: {authorization: [{action: deny, policies: [{name: a, when: {always: false}}]}]} | is false",
                "inbound: {authorization: [{action: deny, policies: [{name: a, when: {}}]}]} | has 0 keys",
                "inbound: {external: {host: a, port: 1, policies: [{name: a, when: {always: true}}]}} | has no name",
                "inbound: {external: {name: a, host: a, policies: [{name: a, when: {always: true}}]}} | has no port",
                "inbound: {external: {name: a, host: a, port: 1}} | has no policies",
                "inbound: {external: {name: a, host: a, port: 1, statusOnError: 99}} | has statusOnError 99",
                "inbound: {external: {name: a, host: a, port: 1, timeout: 0s}} | has timeout 0s",
                "inbound: {external: {name: a, host: a, port: 1, grpc: {}}} | is not known here",
                "inbound: {external: {name: a, host: a, port: 1, http: {pathPrefix: a}}} | has pathPrefix",
                "inbound: {external: {name: a, host: a, port: 1, http: {sent: ['*']}}} | \"*\" is none of abc",
                "[unclosed | is not YAML",
                "a: 1\\n---\\nb: 2 | is not",
                "'' | is empty",
            })
    void aMistakeIsToldInWords(String yaml, String message) {
        assertThat(problems(yaml.replace("\\n", "\n").replace("''", "")))
                .extracting(Problem::message)
                .anySatisfy(text -> assertThat(text).startsWith(message));
    }

    @Test
    void anExternalAuthorizerMayBeAsked() {
        String policies = "policies: [{name: a, when: {always: true}}]";
        List<AuthorizationConfig.Policy> everything =
                List.of(new AuthorizationConfig.Policy("a", new Condition.Always()));
        assertThat(MeshConfigYaml.parse(
                                "mesh.yaml",
                                "inbound: {external: {name: opa, host: opa, port: 9191, " + policies + "}}")
                        .inbound()
                        .external())
                .isEqualTo(new ExternalAuthorizationConfig(
                        new ExternalAuthorizerConfig("opa", "opa", 9191, Duration.ofMillis(200), false, 403),
                        everything));
        assertThat(MeshConfigYaml.parse("mesh.yaml", """
                                inbound:
                                  external:
                                    name: login
                                    host: login
                                    port: 80
                                    timeout: 1s
                                    failOpen: true
                                    statusOnError: 503
                                    http:
                                      pathPrefix: /check
                                      sent: [cookie, x-*]
                                      added: {X-Mesh: ours}
                                      shown: [x-user]
                                      deniedWith: ['*-why']
                                      answeredWith: [set-cookie]
                                    policies: [{name: a, when: {always: true}}]
                                """).inbound().external())
                .isEqualTo(new ExternalAuthorizationConfig(
                        new ExternalAuthorizerConfig("login", "login", 80, Duration.ofSeconds(1), true, 503)
                                .withProtocol(new ExternalProtocol.Http(
                                        "/check",
                                        HeaderNames.of(List.of("cookie", "x-*")),
                                        List.of(Map.entry("x-mesh", "ours")),
                                        HeaderNames.of(List.of("x-user")),
                                        HeaderNames.of(List.of("*-why")),
                                        HeaderNames.of(List.of("set-cookie")))),
                        everything));
    }

    @Test
    void aSetMayBeOnTrial() {
        String yaml =
                "inbound: {authorization: [{action: deny, shadow: true, policies: [{name: a, when: {always: true}}]}]}";
        assertThat(MeshConfigYaml.parse("mesh.yaml", yaml).inbound().authorization())
                .containsExactly(new AuthorizationConfig(
                        AuthorizationConfig.Action.DENY,
                        true,
                        List.of(new AuthorizationConfig.Policy("a", new Condition.Always()))));
    }

    @Test
    void aConditionThatContainsItselfIsTold() {
        String yaml = "inbound: {authorization: [{action: deny, policies: [{name: a, when: &x {not: *x}}]}]}";
        assertThat(problems(yaml)).extracting(Problem::message).anyMatch(text -> text.contains("nested"));
    }

    @ParameterizedTest
    @CsvSource({
        "250ms, 250000000",
        "10s, 10000000000",
        "1.5s, 1500000000",
        "1h30m, 5400000000000",
        "5us, 5000",
        "7ns, 7"
    })
    void timesAreWrittenAsInIstio(String text, long nanos) {
        assertThat(DurationText.parse(text)).isEqualTo(Duration.ofNanos(nanos));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "1 s", "1d", "1s ", "1s2", ".5s"})
    void otherTimesAreNot(String text) {
        assertThatThrownBy(() -> DurationText.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1:80, 10.0.0.1, 80", "'[::1]:80', ::1, 80", "host:65535, host, 65535"})
    void addressesHaveAPort(String text, String host, int port) {
        MeshConfig config = MeshConfigYaml.parse("t", "clusters: [{name: a, endpoints: ['" + text + "']}]");
        assertThat(config.clusters().get(0).endpoints()).containsExactly(EndpointConfig.of(host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"host", ":80", "host:", "host:0", "host:65536", "::1:80", "host:http"})
    void otherAddressesAreRefused(String text) {
        assertThat(problems("clusters: [{name: a, endpoints: ['" + text + "']}]"))
                .hasSize(1);
    }

    @Test
    void aFileThatIsWrongStartsNoMesh() throws IOException {
        Path file = Files.writeString(directory.resolve("mesh.yaml"), "cluster: []\n");
        assertThatThrownBy(() -> Mesh.fromFile(file))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("mesh.yaml line 1: cluster: is not known here");
        assertThatThrownBy(() -> Mesh.fromFile(directory.resolve("absent.yaml")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("absent.yaml");
    }

    @Test
    void withoutTheParserTheDependencyIsNamed() throws Exception {
        URL classes = MeshConfigYaml.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader bare = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Class<?> reader = bare.loadClass(MeshConfigYaml.class.getName());
            assertThatThrownBy(() -> reader.getMethod("parse", String.class, String.class)
                            .invoke(null, "t", "version: 1"))
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("org.snakeyaml:snakeyaml-engine");
        }
    }

    private static List<Problem> problems(String yaml) {
        ConfigFileException thrown =
                catchThrowableOfType(ConfigFileException.class, () -> MeshConfigYaml.parse("test.yaml", yaml));
        assertThat(thrown).as("refused").isNotNull();
        return thrown.problems();
    }
}
