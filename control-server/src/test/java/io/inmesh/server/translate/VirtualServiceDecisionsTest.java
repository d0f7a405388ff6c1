package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.FaultConfig;
import io.inmesh.route.Route;
import io.inmesh.testkit.FakeCall;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field of a VirtualService, from YAML to what a process decides about a call. */
class VirtualServiceDecisionsTest {

    private static final String SUBSETS = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews}
            spec:
              host: reviews
              subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
            """;

    private static final String V1 = "route: [{destination: {host: reviews, subset: v1}}]";
    private static final String V2 = "route: [{destination: {host: reviews, subset: v2}}]";

    /** A match that leads to v2 while all else goes to v1, a call, and whether it matches. */
    static Stream<Arguments> matches() {
        return Stream.of(
                match("{uri: {exact: /a}}", get("/a"), true),
                match("{uri: {exact: /a}}", get("/a/"), false),
                match("{uri: {prefix: /a}}", get("/ab"), true),
                match("{uri: {prefix: /a}}", get("/b"), false),
                match("{uri: {regex: '/a[0-9]+'}}", get("/a12"), true),
                match("{uri: {regex: '/a[0-9]+'}}", get("/a12/x"), false),
                match("{uri: {prefix: /Ab}, ignoreUriCase: true}", get("/aBc"), true),
                match("{uri: {exact: /Ab}, ignoreUriCase: true}", get("/aB"), true),
                match("{uri: {exact: /Ab}}", get("/aB"), false),
                match("{scheme: {exact: http}}", get("/"), true),
                match("{scheme: {exact: https}}", get("/"), false),
                match("{method: {exact: POST}}", get("/").method("POST"), true),
                match("{method: {regex: 'P.*'}}", get("/"), false),
                match("{authority: {exact: 'reviews:9080'}}", get("/"), true),
                match("{authority: {prefix: ratings}}", get("/"), false),
                match("{headers: {X-User: {exact: jason}}}", get("/").header("x-user", "jason"), true),
                match("{headers: {x-user: {exact: jason}}}", get("/"), false),
                match("{headers: {x-user: {prefix: ja}}}", get("/").header("x-user", "jane"), true),
                match("{headers: {x-user: {regex: 'j.*e'}}}", get("/").header("x-user", "jane"), true),
                match("{headers: {x-user: {regex: 'j.*e'}}}", get("/").header("x-user", "janet"), false),
                match("{headers: {x-user: {}}}", get("/").header("x-user", "any"), true),
                match("{headers: {x-user: {}}}", get("/"), false),
                match("{headers: {x-user: {regex: '*'}}}", get("/").header("x-user", ""), true),
                match("{withoutHeaders: {x-user: {exact: jason}}}", get("/"), true),
                match("{withoutHeaders: {x-user: {exact: jason}}}", get("/").header("x-user", "jason"), false),
                match("{withoutHeaders: {x-user: {exact: jason}}}", get("/").header("x-user", "jane"), true),
                match("{withoutHeaders: {x-user: {}}}", get("/"), true),
                match("{withoutHeaders: {x-user: {}}}", get("/").header("x-user", ""), false),
                match("{queryParams: {q: {exact: '1'}}}", get("/").query("p=0&q=1"), true),
                match("{queryParams: {q: {exact: '1'}}}", get("/").query("q=12"), false),
                match("{queryParams: {q: {exact: ''}}}", get("/").query("q="), true),
                match("{queryParams: {q: {exact: ''}}}", get("/"), false),
                match("{queryParams: {q: {prefix: a}}}", get("/").query("q=ab"), true),
                match("{queryParams: {q: {regex: '[0-9]+'}}}", get("/").query("q=12"), true),
                match("{queryParams: {q: {}}}", get("/").query("q=x"), true),
                match("{queryParams: {q: {}}}", get("/"), false),
                match("{port: 9080}", get("/"), true),
                match("{port: 81}", get("/"), false),
                match("{sourceLabels: {app: productpage}}", get("/"), true),
                match("{sourceLabels: {app: details}}", get("/"), false),
                match("{sourceNamespace: default}", get("/"), true),
                match("{sourceNamespace: other}", get("/"), false),
                match("{gateways: [mesh, edge]}", get("/"), true),
                match("{gateways: [edge]}", get("/"), false),
                // "The gateway match is independent of sourceLabels."
                match("{gateways: [mesh], sourceLabels: {app: details}, sourceNamespace: other}", get("/"), true),
                match("{uri: {prefix: /a}, method: {exact: POST}}", get("/a"), false),
                match("{uri: {prefix: /a}}, {uri: {prefix: /b}}", get("/b"), true),
                match("{uri: {exact: /p.S/M}}", FakeCall.grpc("/p.S/M"), true),
                match("{method: {exact: POST}}", FakeCall.grpc("/p.S/M"), true));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("matches")
    void aMatchDecides(String match, FakeCall call, boolean matches) {
        String rule = rule("match: [" + match + "]\n    " + V2, V1);
        assertThat(decisions(rule).decision(call)).isEqualTo(matches ? "-> v2" : "-> v1");
    }

    /** Fields of a rule to reviews, and what becomes of {@code GET /a/b?q=1}. */
    static Stream<Arguments> actions() {
        return Stream.of(
                action(V1, "-> v1"),
                action("route: [{destination: {host: reviews}}]", "-> reviews"),
                action("route: [{destination: {host: reviews, subset: v9}}]", "-> v9?"),
                action(
                        "route: [{destination: {host: reviews, subset: v1}, weight: 90},"
                                + " {destination: {host: reviews, subset: v2}, weight: 10}]",
                        "-> v1:90 v2:10"),
                action(
                        "route: [{destination: {host: reviews, subset: v1}, weight: 0},"
                                + " {destination: {host: reviews, subset: v2}, weight: 10}]",
                        "-> v2"),
                action("route: [{destination: {host: ratings, port: {number: 9080}}}]", "-> ratings"),
                action("match: [{uri: {prefix: /a}}]\n    rewrite: {uri: /x}\n    " + V1, "-> v1 [path /x/b]"),
                action("match: [{uri: {exact: /a/b}}]\n    rewrite: {uri: /x}\n    " + V1, "-> v1 [path /x]"),
                action(
                        "rewrite: {uriRegexRewrite: {match: '^/([a-z]+)/(.*)$', rewrite: '/\\2/\\1'}}\n    " + V1,
                        "-> v1 [path /b/a]"),
                action("rewrite: {authority: other}\n    " + V1, "-> v1 [authority other]"),
                action("headers: {request: {set: {host: other}}}\n    " + V1, "-> v1 [authority other]"),
                action(
                        "headers: {request: {set: {':authority': route}}}\n    "
                                + "route: [{destination: {host: reviews, subset: v1}, headers: {request: {set: {host: own}}}}]",
                        "-> v1 [authority route]"),
                action(
                        "rewrite: {authority: all}\n    "
                                + "route: [{destination: {host: reviews, subset: v1}, weight: 1, headers: {request: {set: {host: own}}}},"
                                + " {destination: {host: reviews, subset: v2}, weight: 1}]",
                        "-> v1:1 v2:1 [authority all] [authority at v1 own]"),
                action(
                        "headers: {request: {set: {a: '1'}, add: {b: '2'}, remove: [c]},"
                                + " response: {set: {d: '3'}, remove: [e]}}\n    " + V1,
                        "-> v1 [request -c a=1 b+=2] [response -e d=3]"),
                action(
                        "route: [{destination: {host: reviews, subset: v1}, weight: 1, headers: {request: {add: {x: '1'}}}},"
                                + " {destination: {host: reviews, subset: v2}, weight: 1}]",
                        "-> v1:1 v2:1 [request to v1 x+=1]"),
                action("timeout: 1.5s\n    " + V1, "-> v1 [timeout 1500ms]"),
                action("timeout: 0s\n    " + V1, "-> v1"),
                action("mirror: {host: ratings}\n    " + V1, "-> v1 [mirror ratings 100.0%]"),
                action(
                        "mirror: {host: reviews, subset: v2}\n    mirrorPercentage: {value: 0.1}\n    " + V1,
                        "-> v1 [mirror v2 0.1%]"),
                action("mirror: {host: ratings}\n    mirrorPercentage: {value: 0}\n    " + V1, "-> v1"),
                action("mirror: {host: ratings}\n    mirrorPercent: 25\n    " + V1, "-> v1 [mirror ratings 25.0%]"),
                action(
                        "mirrors: [{destination: {host: ratings}, percentage: {value: 50}}, {destination: {host: details}}]\n    "
                                + V1,
                        "-> v1 [mirror ratings 50.0%, details 100.0%]"),
                action("redirect: {uri: /x}", "301 http://reviews:9080/x?q=1"),
                action("redirect: {authority: other}", "301 http://other/a/b?q=1"),
                action("redirect: {authority: other, port: 80}", "301 http://other/a/b?q=1"),
                action("redirect: {authority: other, port: 8080}", "301 http://other:8080/a/b?q=1"),
                action("redirect: {authority: other, derivePort: FROM_REQUEST_PORT}", "301 http://other:9080/a/b?q=1"),
                action(
                        "redirect: {authority: other, derivePort: FROM_PROTOCOL_DEFAULT, scheme: https}",
                        "301 https://other/a/b?q=1"),
                action("redirect: {scheme: https, authority: other, port: 443}", "301 https://other/a/b?q=1"),
                action(
                        "match: [{uri: {prefix: /a}}]\n    redirect: {prefixRewrite: /x, redirectCode: 308}",
                        "308 http://reviews:9080/x/b?q=1"),
                action("redirect: {redirectCode: 302}", "302 http://reviews:9080/a/b?q=1"),
                action("redirect: {redirectCode: 303}", "303 http://reviews:9080/a/b?q=1"),
                action("redirect: {redirectCode: 307}", "307 http://reviews:9080/a/b?q=1"),
                action("directResponse: {status: 503, body: {string: closed}}", "503 \"closed\""),
                action("directResponse: {status: 503, body: {bytes: Y2xvc2Vk}}", "503 \"closed\""),
                action("directResponse: {status: 204}", "204 \"null\""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("actions")
    void aRuleDoes(String rule, String decision) {
        assertThat(decisions(rule(rule)).decision(get("/a/b").query("q=1"))).isEqualTo(decision);
        assertThat(decisions(rule(rule)).ignored()).noneMatch(field -> field.contains("mirror"));
    }

    /** {@code retries}, and what a client makes of it. */
    static Stream<Arguments> retries() {
        String defaults = "cancelled,connect-failure,refused-stream,unavailable";
        return Stream.of(
                Arguments.of("", "2 on " + defaults + " backoff 25-250ms"),
                Arguments.of("retries: {attempts: 0}", "0 on  backoff 25-250ms"),
                Arguments.of("retries: {attempts: 3}", "3 on " + defaults + " backoff 25-250ms"),
                Arguments.of(
                        "retries: {attempts: 3, perTryTimeout: 2s}",
                        "3 on " + defaults + " try 2000ms backoff 25-250ms"),
                Arguments.of("retries: {attempts: 1, backoff: 10ms}", "1 on " + defaults + " backoff 10-100ms"),
                Arguments.of(
                        "retries: {attempts: 1, retryIgnorePreviousHosts: false}",
                        "1 on " + defaults + " same host backoff 25-250ms"),
                Arguments.of(
                        "retries: {attempts: 1, retryOn: '5xx,gateway-error,reset,reset-before-request,connect-failure'}",
                        "1 on connect-failure,gateway-error,reset,reset-before-request,server-error backoff 25-250ms"),
                Arguments.of(
                        "retries: {attempts: 1, retryOn: 'retriable-4xx,refused-stream,envoy-ratelimited'}",
                        "1 on envoy-ratelimited,refused-stream,retriable-4xx backoff 25-250ms"),
                Arguments.of(
                        "retries: {attempts: 1, retryOn: 'cancelled,deadline-exceeded,internal,resource-exhausted,unavailable'}",
                        "1 on cancelled,deadline-exceeded,internal,resource-exhausted,unavailable backoff 25-250ms"),
                Arguments.of(
                        "retries: {attempts: 1, retryOn: '503, 429'}",
                        "1 on retriable-status-codes [429, 503] backoff 25-250ms"),
                Arguments.of(
                        "retries: {attempts: 1, retryOn: 'retriable-headers,http3-post-connect-failure,5xx'}",
                        "1 on server-error backoff 25-250ms"));
    }

    @ParameterizedTest(name = "retries: {0}")
    @MethodSource("retries")
    void retriesMean(String field, String meaning) {
        assertThat(DecisionFixture.retries(
                        route(decisions(rule((field.isEmpty() ? "" : field + "\n    ") + V1)), get("/"))))
                .isEqualTo(meaning);
    }

    @Test
    void withAConsistentHashRetriesKeepTheirHost() {
        String hashed = SUBSETS.replace(
                "  host: reviews\n",
                "  host: reviews\n  trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user}}}\n");
        DecisionFixture decisions =
                DecisionFixture.of(MeshFixture.of(hashed, rule("retries: {attempts: 1}\n    " + V1)));
        assertThat(DecisionFixture.retries(route(decisions, get("/")))).contains("same host");
    }

    @Test
    void faultsAreDrawnIndependentlyInMillionths() {
        FaultConfig fault = Objects.requireNonNull(route(
                                decisions(rule("fault: {delay: {fixedDelay: 2s, percentage: {value: 0.1}},"
                                        + " abort: {grpcStatus: UNAVAILABLE, percentage: {value: 12.5}}}\n    " + V1)),
                                get("/"))
                        .fault())
                .config();
        assertThat(Objects.requireNonNull(fault.delay()).millionths()).isEqualTo(1000);
        assertThat(Objects.requireNonNull(fault.abort()).millionths()).isEqualTo(125_000);
        assertThat(fault.abort().grpcStatus()).isEqualTo(14);
    }

    @Test
    void rulesAreTriedInOrderAndNothingFollowsACatchAll() {
        DecisionFixture decisions = decisions(rule(
                "name: first\n    match: [{name: narrow, uri: {prefix: /a}}]\n    " + V2,
                "name: rest\n    " + V1,
                "match: [{uri: {exact: /b}}]\n    " + V2));
        assertThat(route(decisions, get("/a")).name()).isEqualTo("first.narrow");
        assertThat(decisions.decision(get("/b"))).isEqualTo("-> v1");
        assertThat(route(decisions, get("/b")).name()).isEqualTo("rest");
    }

    @Test
    void aCallThatNoRuleMatchesHasNoRoute() {
        assertThat(decisions(rule("match: [{uri: {prefix: /a}}]\n    " + V1)).decision(get("/b")))
                .isEqualTo("no route");
    }

    @Test
    void aDelegateNarrowsItsRootAndInheritsWhatItDoesNotSay() {
        String root =
                rule("name: root\n    match: [{uri: {prefix: /a}}]\n    timeout: 3s\n    delegate: {name: parts}", V1);
        String parts = """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: parts}
                spec:
                  http:
                  - {name: leaf, match: [{uri: {prefix: /a/x}}], route: [{destination: {host: reviews, subset: v2}}]}
                  - {match: [{uri: {prefix: /b}}], route: [{destination: {host: ratings}}]}
                  - {match: [{uri: {prefix: /a/Y}, ignoreUriCase: true}], route: [{destination: {host: ratings}}]}
                  - {match: [{headers: {x-user: {}}}], timeout: 1s, route: [{destination: {host: details}}]}
                """;
        DecisionFixture decisions = DecisionFixture.of(MeshFixture.of(SUBSETS, root, parts));
        assertThat(decisions.decision(get("/a/x"))).isEqualTo("-> v2 [timeout 3000ms]");
        assertThat(route(decisions, get("/a/x")).name()).isEqualTo("root-leaf");
        assertThat(decisions.decision(get("/b"))).isEqualTo("-> v1");
        assertThat(decisions.decision(get("/a/y"))).isEqualTo("-> v1");
        assertThat(decisions.decision(get("/a/z").header("x-user", "j"))).isEqualTo("-> details [timeout 1000ms]");
    }

    @Test
    void aPrivateRuleBeatsAnExportedOneAndThatAPublicOne() {
        String open = named("a-public", "'*'", V1);
        String exported = named("b-exported", "default, other", V2);
        String own = named("c-private", "'.'", "directResponse: {status: 204}");
        assertThat(DecisionFixture.of(MeshFixture.of(SUBSETS, open, exported, own))
                        .decision(get("/")))
                .startsWith("204");
        assertThat(DecisionFixture.of(MeshFixture.of(SUBSETS, open, exported)).decision(get("/")))
                .isEqualTo("-> v2");
        MeshFixture seenElsewhere =
                MeshFixture.of(SUBSETS, open, exported, own).seenFrom("third", Map.of("app", "productpage"));
        assertThat(DecisionFixture.of(seenElsewhere).decision(get("/").to("reviews.default", 9080)))
                .isEqualTo("-> v1");
    }

    @Test
    void theMostSpecificHostWinsAndTheFirstOfTwoForOneHost() {
        String wildcard =
                named("a-wild", "'*'", V1).replace("hosts: [reviews]", "hosts: ['*.default.svc.cluster.local']");
        assertThat(DecisionFixture.of(MeshFixture.of(SUBSETS, wildcard)).decision(get("/")))
                .isEqualTo("-> v1");
        assertThat(DecisionFixture.of(MeshFixture.of(SUBSETS, wildcard, named("exact", "'*'", V2)))
                        .decision(get("/")))
                .isEqualTo("-> v2");
        assertThat(DecisionFixture.of(MeshFixture.of(SUBSETS, named("b", "'*'", V1), named("a", "'*'", V2)))
                        .decision(get("/")))
                .isEqualTo("-> v2");
    }

    @Test
    void aHostThatIsNoServiceIsHeardOnPort80Only() {
        String rule = rule(V1).replace("hosts: [reviews]", "hosts: [made.up]");
        DecisionFixture decisions = DecisionFixture.of(MeshFixture.of(SUBSETS, rule));
        assertThat(decisions.decision(get("/").to("made.up", 80))).startsWith("-> v1");
        assertThat(decisions.decision(get("/").to("made.up", 9080))).isEqualTo("no route");
    }

    private static Arguments match(String match, FakeCall call, boolean matches) {
        return Arguments.of(match, call, matches);
    }

    private static Arguments action(String rule, String decision) {
        return Arguments.of(rule, decision);
    }

    private static FakeCall get(String path) {
        return FakeCall.get(path);
    }

    private static Route route(DecisionFixture decisions, FakeCall call) {
        return Objects.requireNonNull(decisions.route(call));
    }

    private static DecisionFixture decisions(String rule) {
        return DecisionFixture.of(MeshFixture.of(SUBSETS, rule));
    }

    private static String rule(String... http) {
        return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: reviews}\nspec:\n"
                + "  hosts: [reviews]\n  http:\n  - " + String.join("\n  - ", http) + "\n";
    }

    private static String named(String name, String exportTo, String http) {
        return rule(http)
                .replace("{name: reviews}", "{name: " + name + "}")
                .replace("  hosts:", "  exportTo: [" + exportTo + "]\n  hosts:");
    }
}
