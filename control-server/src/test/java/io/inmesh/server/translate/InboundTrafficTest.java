package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.client.translate.ResourceTranslator;
import io.inmesh.client.translate.Translated;
import io.inmesh.config.ConcurrencyConfig;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.InboundTrafficConfig;
import io.inmesh.config.RateLimitConfig;
import io.inmesh.config.RateLimitConfig.Bucket;
import io.inmesh.config.StringMatch;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.listener.Listener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** InboundTrafficPolicy from YAML to what our own clients make of the listener, and which workload obeys which. */
class InboundTrafficTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void withoutAPolicyNothingIsSent() throws Exception {
        assertThat(filters(MeshFixture.of())).containsExactly("envoy.filters.http.router");
        assertThat(traffic(MeshFixture.of())).isEqualTo(InboundTrafficConfig.NONE);
    }

    @Test
    void whatEnvoyCanSayIsSentAsItsOwnFilterAndTheRestAsOneItMayLeaveOut() throws Exception {
        MeshFixture mesh =
                MeshFixture.of(policy("p", "rateLimits: [{tokens: 5}, {tokens: 6, per: {header: x-key}}]", "default"));

        assertThat(filters(mesh))
                .containsExactly(
                        "envoy.filters.http.local_ratelimit",
                        "io.inmesh.filters.http.inbound_traffic optional",
                        "envoy.filters.http.router");
    }

    @Test
    void stockGrpcServersGetNeither() throws Exception {
        Listener listener = MeshFixture.of(policy("p", "rateLimits: [{tokens: 5}], minRemaining: 5ms", "default"))
                .seenByGrpc()
                .listener("xds.istio.io/grpc/lds/inbound/0.0.0.0:9080");

        assertThat(filters(listener)).containsExactly("envoy.filters.http.router");
    }

    @Test
    void everyFieldArrives() throws Exception {
        InboundTrafficConfig traffic = traffic(MeshFixture.of(policy("p", """
                rateLimits:
                  - {name: all, tokens: 100, burst: 200, fillInterval: 500ms}
                  - name: login
                    tokens: 5
                    match: {path: {exact: /log.in}, methods: [POST, PUT], headers: {X-Tier: {prefix: fr}, x-any: {}}}
                  - {name: below, tokens: 7, match: {path: {prefix: /api/}}}
                  - {name: pattern, tokens: 8, match: {path: {regex: /a|/b}}}
                  - name: key
                    tokens: 9
                    fillInterval: 1m30s
                    match: {path: {regex: '/v[0-9]+'}, methods: [GET], headers: {x-tier: {exact: free}}}
                    per: {header: X-Key, maxValues: 50}
                  - {name: peer, tokens: 10, per: {sourcePrincipal: true}}
                concurrency: {initialLimit: 30, minLimit: 10, maxLimit: 300, latencyTolerance: 2.5, maxQueueWait: 50ms}
                trustCriticality: true
                minRemaining: 7.5ms
                """.indent(2), "default")));

        assertThat(traffic.origin()).isEqualTo("InboundTrafficPolicy default/p");
        assertThat(traffic.trustCriticality()).isTrue();
        assertThat(traffic.minRemaining()).isEqualTo(Duration.ofNanos(7_500_000));
        assertThat(traffic.concurrency()).isEqualTo(new ConcurrencyConfig(30, 10, 300, 2.5, Duration.ofMillis(50)));
        assertThat(traffic.rateLimits())
                .containsExactly(
                        new RateLimitConfig(
                                "all", new Condition.Always(), 200, 100, Duration.ofMillis(500), new Bucket.Shared()),
                        limit("login", 5)
                                .on(new Condition.All(List.of(
                                        new Condition.Path(StringMatch.exact("/log.in")),
                                        header(":method", StringMatch.regex("POST|PUT")),
                                        header("x-tier", StringMatch.prefix("fr")),
                                        header("x-any", StringMatch.present())))),
                        limit("below", 7).on(new Condition.Path(StringMatch.prefix("/api/"))),
                        limit("pattern", 8).on(new Condition.Path(StringMatch.regex("(?:/a|/b)"))),
                        new RateLimitConfig(
                                "key",
                                new Condition.All(List.of(
                                        new Condition.Path(StringMatch.regex("/v[0-9]+")),
                                        new Condition.AnyOf(List.of(header(":method", StringMatch.exact("GET")))),
                                        header("x-tier", StringMatch.exact("free")))),
                                9,
                                9,
                                Duration.ofSeconds(90),
                                new Bucket.PerHeader("x-key", 50)),
                        limit("peer", 10).per(new Bucket.PerPrincipal(Bucket.DEFAULT_MAX_VALUES)));
    }

    @Test
    void whatIsNotSaidIsAsTheCoreHasIt() throws Exception {
        InboundTrafficConfig traffic =
                traffic(MeshFixture.of(policy("p", "rateLimits: [{tokens: 5}], concurrency: {}", "default")));

        assertThat(traffic.concurrency()).isEqualTo(ConcurrencyConfig.DEFAULT);
        assertThat(traffic.rateLimits()).containsExactly(limit("0", 5));
    }

    @Test
    void theWorkloadsPolicyBeatsTheNamespacesWhichBeatsTheRoots() throws Exception {
        String root = policy("root", "minRemaining: 1ms", "istio-system");
        String rootOwn =
                policy("root-own", "minRemaining: 2ms, selector: {matchLabels: {app: productpage}}", "istio-system");
        String namespace = policy("namespace", "minRemaining: 3ms", "default");
        String own = policy("own", "minRemaining: 4ms, selector: {matchLabels: {app: productpage}}", "default");
        String others = policy("others", "minRemaining: 5ms, selector: {matchLabels: {app: reviews}}", "default");

        assertThat(origin(MeshFixture.of(root, others))).isEqualTo("InboundTrafficPolicy istio-system/root");
        assertThat(origin(MeshFixture.of(root, rootOwn))).isEqualTo("InboundTrafficPolicy istio-system/root-own");
        assertThat(origin(MeshFixture.of(root, rootOwn, namespace)))
                .isEqualTo("InboundTrafficPolicy default/namespace");
        MeshFixture all = MeshFixture.of(root, rootOwn, namespace, own, others);
        assertThat(origin(all)).isEqualTo("InboundTrafficPolicy default/own");
        assertThat(origin(all.seenFrom("default", Map.of("app", "reviews"))))
                .isEqualTo("InboundTrafficPolicy default/others");
        assertThat(origin(all.seenFrom("other", Map.of("app", "details"))))
                .isEqualTo("InboundTrafficPolicy istio-system/root");
    }

    @Test
    void theOldestOfTheSameScopeWinsAndNothingIsMerged() throws Exception {
        String young = policy("a, creationTimestamp: '2026-05-05T00:00:00Z'", "rateLimits: [{tokens: 1}]", "default");
        String old = policy("b, creationTimestamp: '2026-01-01T00:00:00Z'", "minRemaining: 5ms", "default");

        InboundTrafficConfig traffic = traffic(MeshFixture.of(young, old));
        assertThat(traffic.origin()).isEqualTo("InboundTrafficPolicy default/b");
        assertThat(traffic.rateLimits()).isEmpty();
    }

    private static RateLimitConfig limit(String name, long tokens) {
        return RateLimitConfig.of(name, tokens, SECOND);
    }

    private static Condition header(String name, StringMatch match) {
        return new Condition.Header(HeaderMatch.of(name, match));
    }

    private static String origin(MeshFixture mesh) throws Exception {
        return traffic(mesh).origin();
    }

    /** What our own client makes of the listener; it must not leave anything out. */
    private static InboundTrafficConfig traffic(MeshFixture mesh) throws Exception {
        var resource = ResourceTranslator.translate(
                TypeUrls.LISTENER, "inbound", mesh.listener("inbound").toByteString());
        assertThat(resource.ignored()).isEmpty();
        return ((Translated.Inbound) resource.meaning()).config().traffic();
    }

    private static List<String> filters(MeshFixture mesh) throws Exception {
        return filters(mesh.listener("inbound"));
    }

    private static List<String> filters(Listener listener) throws Exception {
        return HttpConnectionManager.parseFrom(listener.getFilterChains(0)
                        .getFilters(0)
                        .getTypedConfig()
                        .getValue())
                .getHttpFiltersList()
                .stream()
                .map(filter -> filter.getName() + optional(filter))
                .toList();
    }

    private static String optional(HttpFilter filter) {
        return filter.getIsOptional() ? " optional" : "";
    }

    private static String policy(String name, String spec, String namespace) {
        String body = spec.contains("\n") ? "\n" + spec : " {" + spec + "}\n";
        return "apiVersion: inmesh.io/v1alpha1\nkind: InboundTrafficPolicy\nmetadata: {name: " + name + ", namespace: "
                + namespace + "}\nspec:" + body;
    }
}
