package io.inmesh.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.call.Outcome;
import io.inmesh.config.PathMatch;
import io.inmesh.config.PathMatch.Kind;
import io.inmesh.config.RewriteConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteAction.WeightedCluster;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.SeededRandomness;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a route does with a call. */
final class RouteTest {

    @Test
    void destinationsAreDrawnByWeight() {
        Map<String, Integer> drawn = draw(10_000, cluster("v1", 90), cluster("v2", 10), cluster("off", 0));
        assertThat(drawn).containsOnlyKeys("v1", "v2");
        assertThat(drawn.get("v2") / 10_000.0).isCloseTo(0.1, within(0.01));
    }

    @Test
    void weightsUpToTheLargestUnsignedOneKeepTheirShares() {
        long largest = 0xFFFF_FFFFL;
        Map<String, Integer> drawn =
                draw(10_000, cluster("a", largest), cluster("b", largest), cluster("c", largest), cluster("d", 1));
        assertThat(drawn).containsOnlyKeys("a", "b", "c");
        assertThat(drawn.get("a") / 10_000.0).isCloseTo(1 / 3.0, within(0.02));
    }

    @Test
    void aSingleDestinationNeedsNoWeight() {
        assertThat(draw(10, cluster("only", 0))).containsOnlyKeys("only");
    }

    private static Map<String, Integer> draw(int times, WeightedCluster... clusters) {
        Route route =
                Routes.route(RouteConfig.of("r", RouteMatch.ANY, new RouteAction.Forward(Arrays.asList(clusters))));
        SeededRandomness random = new SeededRandomness(3);
        Map<String, Integer> drawn = new HashMap<>();
        for (int i = 0; i < times; i++) {
            drawn.merge(route.pick(random).cluster().name(), 1, Integer::sum);
        }
        return drawn;
    }

    private static WeightedCluster cluster(String name, long weight) {
        return WeightedCluster.of(name, weight);
    }

    @ParameterizedTest
    @CsvSource({
        "PREFIX, /v1/, /, /v1/x, /x",
        "PREFIX, /v1, /v2, /v1x, /v2x",
        "PREFIX, /v1, '', /v1/x, /x",
        "PREFIX, /v1, '', /v1, /",
        "PREFIX, /V, /w, /v/x, /w/x",
        "EXACT, /v1, /v2, /v1, /v2",
        "SEGMENT_PREFIX, /v1, /, /v1/x, /x",
        "SEGMENT_PREFIX, /v1, /, /v1, /",
        "SEGMENT_PREFIX, /v1, /v2, /v1/x, /v2/x",
        "SEGMENT_PREFIX, /v1/, /v2, /v1/x, /v2/x",
        "SEGMENT_PREFIX, /v1, '', /v1, /",
        "REGEX, /v.*, /whole, /v1/x, /whole",
    })
    void aRewriteReplacesWhatMatched(Kind kind, String value, String rewrite, String path, String expected) {
        PathMatch match = new PathMatch(kind, value, kind == Kind.PREFIX);
        Route route = Routes.route(RouteConfig.of("r", RouteMatch.path(match), RouteAction.to("c"))
                .withRewrite(new RewriteConfig(rewrite, null, null, null)));
        FakeCall call = FakeCall.get(path);
        assertThat(route.matches(call)).isTrue();
        assertThat(route.rewritePath(call)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "^/service/([^/]+)(/.*)$, \\2/instance/\\1, /service/foo/v1/api, /v1/api/instance/foo",
        "one, two, /one/one, /two/two",
        "x, $1\\\\, /x, '/$1\\'",
        "a(b)?, [\\1\\0], /a/ab, '/[a]/[bab]'",
        "^/, '', /x, /x",
    })
    void aRegexRewriteReplacesEveryMatch(String regex, String substitution, String path, String expected) {
        String rewritten = regexRewrite(regex, substitution).rewritePath(FakeCall.get(path));
        assertThat(rewritten == null ? path : rewritten).isEqualTo(expected);
    }

    @Test
    void aRegexRewriteThatMatchesNothingKeepsThePath() {
        assertThat(regexRewrite("x", "y").rewritePath(FakeCall.get("/a"))).isNull();
    }

    @Test
    void groupsThatDoNotExistAreRefused() {
        assertThatThrownBy(() -> regexRewrite("a", "\\1")).hasMessageContaining("\\1 is not a group of \"a\"");
        assertThatThrownBy(() -> regexRewrite("a", "\\q")).hasMessageContaining("backslash");
    }

    private static Route regexRewrite(String regex, String substitution) {
        return Routes.route(RouteConfig.to("c").withRewrite(new RewriteConfig(null, regex, substitution, null)));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, -1, -, -, http://reviews:9080/v1/x?q=1",
                "https, -, -1, -, -, https://reviews:9080/v1/x?q=1",
                "https, -, 443, -, -, https://reviews/v1/x?q=1",
                "-, other, -1, -, -, http://other/v1/x?q=1",
                "-, other, 81, -, -, http://other:81/v1/x?q=1",
                "-, -, -1, /new, -, http://reviews:9080/new?q=1",
                "-, -, -1, /new?z=2, -, http://reviews:9080/new?z=2",
                "-, -, -1, -, /v2, http://reviews:9080/v2/x?q=1",
            })
    void aRedirectKeepsWhatItDoesNotChange(
            String scheme, String host, int port, String path, String prefix, String expected) {
        Route route = Routes.route(RouteConfig.of(
                "r",
                RouteMatch.path(PathMatch.prefix("/v1")),
                new RouteAction.Redirect(308, scheme, host, port, path, prefix)));
        Outcome.LocalReply reply = route.localReply(FakeCall.get("/v1/x").query("q=1"));
        assertThat(reply.httpStatus()).isEqualTo(308);
        assertThat(reply.location()).isEqualTo(expected);
    }

    @Test
    void theOldDefaultPortIsNotCarriedOverToANewScheme() {
        Route route = Routes.route(
                RouteConfig.of("r", RouteMatch.ANY, new RouteAction.Redirect(301, "https", null, -1, null, null)));
        assertThat(route.localReply(FakeCall.get("/").to("reviews", 80)).location())
                .isEqualTo("https://reviews/");
    }

    @Test
    void aDirectResponseIsMadeOnce() {
        Route route = Routes.route(RouteConfig.of("r", RouteMatch.ANY, new RouteAction.DirectResponse(503, "closed")));
        Outcome.LocalReply reply = route.localReply(FakeCall.get("/"));
        assertThat(reply.httpStatus()).isEqualTo(503);
        assertThat(reply.body()).isEqualTo("closed");
        assertThat(route.localReply(FakeCall.get("/"))).isSameAs(reply);
        assertThat(route.pick(new SeededRandomness(1))).isNull();
    }

    @Test
    void withoutTimeoutACallMayTakeForEver() {
        assertThat(Routes.route(RouteConfig.to("c")).timeoutNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(Routes.route(RouteConfig.to("c").withTimeout(Duration.ofSeconds(2)))
                        .timeoutNanos())
                .isEqualTo(2_000_000_000L);
    }

    @Test
    void endpointsMayChangeWithoutCompilingRulesAgain() {
        VirtualHost before = Routes.host(RouteConfig.to("c"));
        VirtualHost after = Routes.host(RouteConfig.to("c"));
        VirtualHost rebound = before.rebind(
                name -> after.routes().get(0).destinations().get(0).cluster());
        assertThat(rebound).isNotSameAs(before);
        assertThat(rebound.routes().get(0).rule())
                .isSameAs(before.routes().get(0).rule());
        assertThat(rebound.routes().get(0).destinations().get(0).cluster())
                .isSameAs(after.routes().get(0).destinations().get(0).cluster());
        assertThat(List.of(before.rebind(
                        name -> before.routes().get(0).destinations().get(0).cluster())))
                .containsExactly(before);
    }
}
