package io.inmesh.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.HeaderEditsConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.PathMatch;
import io.inmesh.config.PathMatch.Kind;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RewriteConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteAction.WeightedCluster;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.StringMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every mistake is found, and told with resource, field and remedy. */
final class ConfigCheckTest {

    static Stream<Arguments> badRoutes() {
        RouteConfig good = RouteConfig.to("c");
        return Stream.of(
                bad("match.path.regex", matching(RouteMatch.path(PathMatch.regex("[")))),
                bad("match.path.exact", matching(RouteMatch.path(PathMatch.exact("")))),
                bad(
                        "match.path.segmentPrefix",
                        matching(RouteMatch.path(new PathMatch(Kind.SEGMENT_PREFIX, "v2", false)))),
                bad("match.headers[0].regex", matching(RouteMatch.ANY.header("h", StringMatch.regex("(")))),
                bad("match.headers[0].prefix", matching(RouteMatch.ANY.header("h", StringMatch.prefix("")))),
                bad("match.headers[0].name", matching(RouteMatch.ANY.header(":status", StringMatch.present()))),
                bad("match.headers[0].name", matching(RouteMatch.ANY.header("", StringMatch.present()))),
                bad("match.query[0].regex", matching(RouteMatch.ANY.query("q", StringMatch.regex("(?<x")))),
                bad("match.query[0].name", matching(RouteMatch.ANY.query("", StringMatch.present()))),
                bad("to", forward()),
                bad("to", forward(WeightedCluster.of("a", 0), WeightedCluster.of("b", 0))),
                bad("directResponse.status", acting(new RouteAction.DirectResponse(199, null))),
                bad("redirect.status", redirect(300, null, null)),
                bad("redirect.prefixRewrite", redirect(301, "/a", "/b")),
                bad("redirect.path", redirect(301, "a", null)),
                bad("timeout", good.withTimeout(Duration.ZERO)),
                bad("timeout", good.withTimeout(Duration.ofDays(400_000))),
                bad("retry.statusCodes", good.withRetry(codes(99))),
                bad("fault.delay.duration", good.withFault(delay(Duration.ofSeconds(-1), 1))),
                bad("fault.delay.percent", good.withFault(delay(Duration.ofSeconds(1), 1_000_001))),
                bad("fault.abort", good.withFault(new FaultConfig(null, new FaultConfig.Abort(503, 14, 1)))),
                bad("fault.abort", good.withFault(new FaultConfig(null, new FaultConfig.Abort(-1, 17, 1)))),
                bad("rewrite.regex", good.withRewrite(new RewriteConfig(null, "(", "", null))),
                bad("rewrite.regex", good.withRewrite(new RewriteConfig(null, "a", "\\1", null))),
                bad("rewrite.regex", good.withRewrite(new RewriteConfig(null, null, "x", null))),
                bad("rewrite.substitution", good.withRewrite(new RewriteConfig(null, "a", null, null))),
                bad("rewrite.authority", good.withRewrite(new RewriteConfig(null, null, null, " "))),
                bad("rewrite.authority", good.withRewrite(new RewriteConfig(null, null, null, "a\nb"))),
                bad("redirect.path", redirect(301, "/ü", null)),
                bad("redirect.prefixRewrite", redirect(301, null, "/a\r\nb: c")),
                bad("redirect.host", acting(new RouteAction.Redirect(301, null, "ü", -1, null, null))),
                bad("requestHeaders.set[x]", editing("x", "grüße")),
                bad("requestHeaders.set[X-Big]", editing("X-Big", "1")),
                bad("requestHeaders.set[:path]", editing(":path", "/")),
                bad("requestHeaders.set[host]", editing("host", "x")),
                bad("requestHeaders.set[x]", editing("x", "a\r\nsmuggled: 1")));
    }

    @ParameterizedTest
    @MethodSource("badRoutes")
    void aBadRouteIsToldByItsField(String field, RouteConfig route) {
        List<Problem> problems = problems(VirtualHostConfig.of("reviews", RouteConfig.to("c"), route));
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).resource()).isEqualTo("virtual host \"reviews\"");
        assertThat(problems.get(0).field()).isEqualTo("routes[1]." + field);
        assertThat(problems.get(0).remedy()).isNotBlank();
    }

    @Test
    void theResourceThatMadeARouteIsNamed() {
        RouteConfig route = forward().withOrigin("VirtualService default/reviews");
        assertThat(problems(VirtualHostConfig.of("reviews", route)).get(0))
                .hasToString("VirtualService default/reviews: route \"r\".to: names no cluster; name at least one");
    }

    static Stream<Arguments> badClusters() {
        ClusterConfig good = ClusterConfig.of("c");
        CircuitBreakerConfig limits = CircuitBreakerConfig.DEFAULT;
        return Stream.of(
                bad("name", ClusterConfig.of("")),
                bad("tls.identities", good.withTls(tls("http://no"))),
                bad("connectTimeout", good.withConnectTimeout(Duration.ofDays(400_000))),
                bad(
                        "circuitBreaker.window",
                        good.withCircuitBreaker(new CircuitBreakerConfig(
                                limits.maxRequests(), limits.maxRetries(), 50, 10, 0, Duration.ofSeconds(1)))),
                bad("endpoints[0].priority", good.withEndpoints(List.of(endpoint("h", -1)))),
                bad("endpoints[0].host", good.withEndpoints(List.of(endpoint("", 0)))));
    }

    @ParameterizedTest
    @MethodSource("badClusters")
    void aBadClusterIsToldByItsField(String field, ClusterConfig cluster) {
        List<Problem> problems = problems(MeshConfig.builder().cluster(cluster).build());
        assertThat(problems).extracting(Problem::field).contains(field);
        assertThat(problems).extracting(Problem::resource).containsOnly("cluster \"" + cluster.name() + "\"");
    }

    @Test
    void namesAndDomainsAreGivenOnce() {
        VirtualHostConfig first = new VirtualHostConfig("first", 80, List.of("a", "a."), List.of());
        VirtualHostConfig second = new VirtualHostConfig("second", 80, List.of("a."), List.of());
        VirtualHostConfig elsewhere = new VirtualHostConfig("elsewhere", 81, List.of("a"), List.of());
        VirtualHostConfig twice = new VirtualHostConfig("first", 82, List.of("b"), List.of());
        MeshConfig config = MeshConfig.builder()
                .virtualHost(first)
                .virtualHost(second)
                .virtualHost(elsewhere)
                .virtualHost(twice)
                .cluster(ClusterConfig.of("c"))
                .cluster(ClusterConfig.of("c"))
                .build();
        assertThat(problems(config))
                .extracting(Problem::toString)
                .containsExactly(
                        "cluster \"c\": name: is used by another cluster; give each cluster its own name",
                        "virtual host \"second\": domains[0]: \"a\" is taken on port 80 by virtual host \"first\";"
                                + " leave it to one of them",
                        "virtual host \"first\": name: is used by another virtual host; give each virtual host its own"
                                + " name");
    }

    @ParameterizedTest
    @MethodSource("badDomains")
    void domainsThatCouldNeverMatchAreTold(String domain) {
        assertThat(problems(new VirtualHostConfig("h", 0, List.of(domain), List.of())))
                .extracting(Problem::field)
                .containsExactly("domains[0]");
    }

    static Stream<String> badDomains() {
        return Stream.of("", "Reviews", "a.*", "*.*.org", "a/b", "a b");
    }

    @Test
    void aVirtualHostWithoutDomainIsTold() {
        assertThat(problems(new VirtualHostConfig("h", 0, List.of(), List.of())))
                .extracting(Problem::field)
                .containsExactly("domains");
    }

    @Test
    void everythingIsToldAtOnce() {
        MeshConfig config = MeshConfig.builder()
                .cluster(ClusterConfig.of("").withTls(tls("x")))
                .virtualHost(VirtualHostConfig.of("Reviews", forward(), redirect(300, null, null)))
                .build();
        assertThat(problems(config)).hasSizeGreaterThanOrEqualTo(5);
    }

    private static Arguments bad(String field, Object config) {
        return Arguments.of(field, config);
    }

    private static RouteConfig matching(RouteMatch match) {
        return RouteConfig.of("r", match, RouteAction.to("c"));
    }

    private static RouteConfig acting(RouteAction action) {
        return RouteConfig.of("r", RouteMatch.ANY, action);
    }

    private static RouteConfig forward(WeightedCluster... clusters) {
        return acting(new RouteAction.Forward(List.of(clusters)));
    }

    private static RouteConfig redirect(int status, String path, String prefix) {
        return acting(new RouteAction.Redirect(status, null, null, -1, path, prefix));
    }

    private static RouteConfig editing(String name, String value) {
        return RouteConfig.to("c")
                .withHeaders(
                        new HeaderEditsConfig(List.of(new HeaderEditsConfig.Header(name, value)), List.of(), List.of()),
                        HeaderEditsConfig.NONE);
    }

    private static RetryConfig codes(int code) {
        RetryConfig usual = RetryConfig.DEFAULT;
        return new RetryConfig(
                2,
                Set.of(RetryConfig.Condition.RETRIABLE_STATUS_CODES),
                Set.of(code),
                null,
                usual.backoffBase(),
                usual.backoffMax(),
                true);
    }

    private static FaultConfig delay(Duration duration, int millionths) {
        return new FaultConfig(new FaultConfig.Delay(duration, millionths), null);
    }

    private static ClientTlsConfig tls(String identity) {
        return new ClientTlsConfig(ClientTlsConfig.Mode.MESH, Set.of(identity), null);
    }

    private static EndpointConfig endpoint(String host, int priority) {
        return new EndpointConfig(host, 80, 1, Health.HEALTHY, priority, "", false, Map.of(), "");
    }

    private static List<Problem> problems(VirtualHostConfig host) {
        return problems(MeshConfig.builder().virtualHost(host).build());
    }

    private static List<Problem> problems(MeshConfig config) {
        FakeClock clock = new FakeClock();
        SnapshotCompiler compiler = new SnapshotCompiler(new LiveState(clock), clock, new SeededRandomness(1));
        Compiled compiled = compiler.compile(config, null);
        assertThat(compiled).isInstanceOf(Compiled.Invalid.class);
        return ((Compiled.Invalid) compiled).problems();
    }
}
