package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import io.inmesh.xds.route.Route;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each field of an HTTPRoute and a GRPCRoute rule, by what it becomes on the wire. */
class HttpRouteFieldsTest {
    private static final String TO_DETAILS = "backendRefs: [{name: details, port: 9080}]";

    /** A rule's fields, and what the text form of its routes then contains. */
    static Stream<Arguments> httpRules() {
        return Stream.of(
                forwarding("matches: [{path: {type: Exact, value: /a}}]", "path: \"/a\""),
                forwarding("matches: [{path: {type: PathPrefix, value: /a}}]", "path_separated_prefix: \"/a\""),
                forwarding("matches: [{path: {value: /a/}}]", "path_separated_prefix: \"/a\""),
                forwarding("matches: [{path: {value: /}}]", "match { prefix: \"/\" }"),
                forwarding("name: every", "match { prefix: \"/\" }"),
                forwarding(
                        "matches: [{path: {type: RegularExpression, value: '/a.*'}}]",
                        "safe_regex { regex: \"/a.*\" }"),
                forwarding("matches: [{method: GET}]", "name: \":method\" string_match { exact: \"GET\" }"),
                forwarding(
                        "matches: [{headers: [{name: X-User, value: jason}]}]",
                        "name: \"x-user\" string_match { exact: \"jason\" }"),
                forwarding(
                        "matches: [{headers: [{name: x, value: a}, {name: X, value: b}]}]",
                        "match { prefix: \"/\" headers { name: \"x\" string_match { exact: \"a\" } } }"),
                forwarding(
                        "matches: [{headers: [{type: RegularExpression, name: x, value: 'a+'}]}]",
                        "name: \"x\" string_match { safe_regex { regex: \"a+\" } }"),
                forwarding(
                        "matches: [{queryParams: [{name: q, value: a}]}]",
                        "query_parameters { name: \"q\" string_match { exact: \"a\" } }"),
                forwarding(
                        "matches: [{queryParams: [{type: RegularExpression, name: q, value: 'a.'}]}]",
                        "query_parameters { name: \"q\" string_match { safe_regex { regex: \"a.\" } } }"),
                forwarding("name: canary", "name: \"default.r.canary\""),
                forwarding("filters: []", "name: \"default.r.0\""),
                forwarding("filters: []", "cluster: \"outbound|9080||details.default.svc.cluster.local\""),
                forwarding("filters: []", "timeout { }"),
                forwarding("filters: []", "num_retries { value: 2 }"),
                forwarding("timeouts: {request: 1m30s}", "timeout { seconds: 90 }"),
                forwarding("timeouts: {request: 0s}", "timeout { }"),
                forwarding("timeouts: {backendRequest: 500ms}", "per_try_timeout { nanos: 500000000 }"),
                forwarding("timeouts: {backendRequest: 500ms}", "num_retries { value: 2 }"),
                forwarding(
                        "timeouts: {request: 2s, backendRequest: 1s}\n    retry: {attempts: 0}",
                        "timeout { seconds: 1 }"),
                forwarding("retry: {attempts: 3, codes: [500, 503]}", "num_retries { value: 3 }"),
                forwarding(
                        "retry: {attempts: 3, codes: [500, 503]}",
                        "retriable_status_codes: 500 retriable_status_codes: 503"),
                forwarding(
                        "retry: {codes: [500]}",
                        "retry_on: \"connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes\""),
                forwarding(
                        "retry: {backoff: 100ms}",
                        "retry_back_off { base_interval { nanos: 100000000 } max_interval { seconds: 1 } }"),
                filter(
                        "RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}]}",
                        "request_headers_to_add { header { key: \"a\" value: \"b\" } append_action: OVERWRITE_IF_EXISTS_OR_ADD }"),
                filter(
                        "RequestHeaderModifier, requestHeaderModifier: {add: [{name: a, value: b}, {name: A, value: c}]}",
                        "request_headers_to_add { header { key: \"a\" value: \"b\" } }"),
                filter(
                        "RequestHeaderModifier, requestHeaderModifier: {remove: [a]}",
                        "request_headers_to_remove: \"a\""),
                filter(
                        "RequestHeaderModifier, requestHeaderModifier: {set: [{name: Host, value: other}]}",
                        "host_rewrite_literal: \"other\""),
                filter(
                        "ResponseHeaderModifier, responseHeaderModifier: {add: [{name: a, value: b}]}",
                        "response_headers_to_add { header { key: \"a\" value: \"b\" } }"),
                filter("URLRewrite, urlRewrite: {hostname: other.example}", "host_rewrite_literal: \"other.example\""),
                filter(
                        "URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: /one}}",
                        "regex_rewrite { pattern { regex: \"^/.*$\" } substitution: \"/one\" }"),
                filter(
                        "RequestMirror, requestMirror: {backendRef: {name: ratings, port: 9080}}",
                        "request_mirror_policies { cluster: \"outbound|9080||ratings.default.svc.cluster.local\""
                                + " runtime_fraction { default_value { numerator: 1000000 denominator: MILLION } } }"),
                filter(
                        "RequestMirror, requestMirror: {backendRef: {name: ratings, port: 9080}, percent: 42}",
                        "numerator: 420000"),
                filter(
                        "RequestMirror, requestMirror: {backendRef: {name: ratings, port: 9080}, fraction: {numerator: 1, denominator: 1000}}",
                        "numerator: 1000 "),
                filter(
                        "RequestMirror, requestMirror: {backendRef: {name: ratings, port: 9080}}}, {type: RequestMirror, requestMirror: {backendRef: {name: reviews, port: 9080}}",
                        "request_mirror_policies { cluster: \"outbound|9080||reviews.default.svc.cluster.local\""),
                redirect("{}", "redirect { response_code: FOUND }"),
                redirect("{scheme: https}", "port_redirect: 443"),
                redirect(
                        "{scheme: https, hostname: a.example}",
                        "redirect { host_redirect: \"a.example\" response_code: FOUND scheme_redirect: \"https\" }"),
                redirect("{hostname: a.example}", "port_redirect: 9080"),
                redirect(
                        "{hostname: a.example, port: 80}",
                        "redirect { host_redirect: \"a.example\" response_code: FOUND }"),
                redirect("{port: 8443}", "port_redirect: 8443"),
                redirect("{statusCode: 308}", "response_code: PERMANENT_REDIRECT"),
                redirect("{path: {type: ReplaceFullPath, replaceFullPath: /one}}", "path_redirect: \"/one\""),
                Arguments.of("backendRefs: []", "direct_response { status: 500 }"),
                Arguments.of(
                        "backendRefs: [{name: details, port: 9080, weight: 0}]", "direct_response { status: 500 }"),
                Arguments.of("filters: [{type: CORS, cors: {}}]\n    " + TO_DETAILS, "direct_response { status: 500 }"),
                Arguments.of(
                        "filters: [{type: ExtensionRef, extensionRef: {group: g, kind: K, name: n}}]\n    "
                                + TO_DETAILS,
                        "direct_response { status: 500 }"));
    }

    private static Arguments forwarding(String fields, String text) {
        return Arguments.of(fields + "\n    " + TO_DETAILS, text);
    }

    private static Arguments filter(String filter, String text) {
        return forwarding("filters: [{type: " + filter + "}]", text);
    }

    private static Arguments redirect(String redirect, String text) {
        return Arguments.of("filters: [{type: RequestRedirect, requestRedirect: " + redirect + "}]", text);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("httpRules")
    void aFieldOfAnHttpRule(String fields, String text) throws InvalidProtocolBufferException {
        assertThat(text(routes("HTTPRoute", fields))).contains(text);
    }

    static Stream<Arguments> grpcRules() {
        return Stream.of(
                Arguments.of("matches: [{method: {service: a.B, method: Get}}]", "path: \"/a.B/Get\""),
                Arguments.of("matches: [{method: {service: a.B}}]", "prefix: \"/a.B/\""),
                Arguments.of("matches: [{method: {method: Get}}]", "regex: \"/[^/]+/Get\""),
                Arguments.of(
                        "matches: [{method: {type: RegularExpression, service: 'a|b'}}]", "regex: \"/(?:a|b)/[^/]+\""),
                Arguments.of(
                        "matches: [{method: {type: RegularExpression, service: a, method: 'G.*'}}]",
                        "regex: \"/(?:a)/(?:G.*)\""),
                Arguments.of("matches: [{headers: [{name: X, value: y}]}]", "prefix: \"/\" headers { name: \"x\""),
                Arguments.of("name: all", "match { prefix: \"/\" }"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("grpcRules")
    void aFieldOfAGrpcRule(String fields, String text) throws InvalidProtocolBufferException {
        assertThat(text(routes("GRPCRoute", fields + "\n    " + TO_DETAILS))).contains(text);
    }

    @Test
    void aGrpcRuleWithoutBackendsAnswersWhatGrpcReadsAsUnavailable() throws InvalidProtocolBufferException {
        assertThat(text(routes("GRPCRoute", "name: none"))).contains("direct_response { status: 503 }");
    }

    /** Matched prefix, what replaces it, and matches and rewrites that follow. */
    static Stream<Arguments> prefixes() {
        return Stream.of(
                Arguments.of("/foo", "/xyz", List.of("path_separated_prefix: \"/foo\" -> prefix_rewrite: \"/xyz\"")),
                Arguments.of("/foo/", "/xyz/", List.of("path_separated_prefix: \"/foo\" -> prefix_rewrite: \"/xyz\"")),
                Arguments.of(
                        "/foo",
                        "/",
                        List.of(
                                "path: \"/foo\" -> prefix_rewrite: \"/\"",
                                "prefix: \"/foo/\" -> prefix_rewrite: \"/\"")),
                Arguments.of(
                        "/foo",
                        "''",
                        List.of(
                                "path: \"/foo\" -> prefix_rewrite: \"/\"",
                                "prefix: \"/foo/\" -> prefix_rewrite: \"/\"")),
                Arguments.of("/", "/v2", List.of("prefix: \"/\" -> prefix_rewrite: \"/v2/\"")),
                Arguments.of("/", "/", List.of("prefix: \"/\" -> prefix_rewrite: \"/\"")));
    }

    @ParameterizedTest(name = "{0} by {1}")
    @MethodSource("prefixes")
    void aPrefixIsReplacedByWholeSegments(String prefix, String replacement, List<String> expected)
            throws InvalidProtocolBufferException {
        String match = "matches: [{path: {value: " + prefix + "}}]\n    ";
        String path = "path: {type: ReplacePrefixMatch, replacePrefixMatch: " + replacement + "}";
        assertThat(routes(
                        "HTTPRoute",
                        match + "filters: [{type: URLRewrite, urlRewrite: {" + path + "}}]\n    " + TO_DETAILS))
                .map(r -> print(r.getMatch()) + " -> prefix_rewrite: \""
                        + r.getRoute().getPrefixRewrite() + "\"")
                .isEqualTo(expected);
        assertThat(routes("HTTPRoute", match + "filters: [{type: RequestRedirect, requestRedirect: {" + path + "}}]"))
                .map(r -> print(r.getMatch()) + " -> prefix_rewrite: \""
                        + r.getRedirect().getPrefixRewrite() + "\"")
                .isEqualTo(expected);
    }

    @Test
    void weightsAreKeptAndThoseOfZeroLeftOut() throws InvalidProtocolBufferException {
        List<Route> routes = routes(
                "HTTPRoute",
                "backendRefs: [{name: details, port: 9080, weight: 3, filters: [{type: RequestHeaderModifier,"
                        + " requestHeaderModifier: {set: [{name: a, value: b}]}}]}, {name: ratings, port: 9080},"
                        + " {name: reviews, port: 9080, weight: 0}]");

        assertThat(text(routes))
                .contains(
                        "weighted_clusters { clusters { name: \"outbound|9080||details.default.svc.cluster.local\""
                                + " weight { value: 3 } request_headers_to_add { header { key: \"a\" value: \"b\" }"
                                + " append_action: OVERWRITE_IF_EXISTS_OR_ADD } }"
                                + " clusters { name: \"outbound|9080||ratings.default.svc.cluster.local\" weight { value: 1 } } }")
                .doesNotContain("reviews.default");
    }

    @Test
    void filtersOfTheOnlyBackendConcernTheWholeRule() throws InvalidProtocolBufferException {
        assertThat(
                        text(
                                routes(
                                        "HTTPRoute",
                                        "backendRefs: [{name: details, port: 9080, filters: [{type: URLRewrite, urlRewrite: {hostname: x}}]}]")))
                .contains("host_rewrite_literal: \"x\"");
        assertThat(
                        text(
                                routes(
                                        "HTTPRoute",
                                        "backendRefs: [{name: ratings, port: 9080}, {name: details, port: 9080, filters: [{type: URLRewrite, urlRewrite: {hostname: x}}]}]")))
                .as("one of several backends cannot be rewritten for alone")
                .contains("direct_response { status: 500 }");
    }

    @Test
    void aBackendThatCannotBeResolvedFailsItsShareOnly() throws InvalidProtocolBufferException {
        String text = text(routes(
                "HTTPRoute",
                "backendRefs: [{name: nobody, port: 80, weight: 1}, {name: details, port: 9080, weight: 3}]"));

        assertThat(text)
                .contains("clusters { name: \"unresolved|BackendNotFound|80|nobody\" weight { value: 1 } }")
                .contains("clusters { name: \"outbound|9080||details.default.svc.cluster.local\" weight { value: 3 } }")
                .contains("cluster_not_found_response_code: INTERNAL_SERVER_ERROR");
    }

    private static List<Route> routes(String kind, String rule) throws InvalidProtocolBufferException {
        return MeshFixture.of("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: %s
                metadata: {name: r}
                spec:
                  parentRefs: [{group: '', kind: Service, name: reviews}]
                  rules:
                  - %s
                """.formatted(kind, rule)).host("reviews").getRoutesList();
    }

    private static String text(List<Route> routes) {
        StringBuilder text = new StringBuilder();
        routes.forEach(route -> text.append(print(route)).append('\n'));
        return text.toString();
    }

    private static String print(com.google.protobuf.MessageOrBuilder message) {
        return TextFormat.printer()
                .emittingSingleLine(true)
                .printToString(message)
                .strip();
    }
}
