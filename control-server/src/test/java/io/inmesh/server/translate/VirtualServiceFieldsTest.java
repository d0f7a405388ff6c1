package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.inmesh.xds.filter.fault.HTTPFault;
import io.inmesh.xds.route.Route;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each field of an HTTP rule, by what it becomes on the wire. */
class VirtualServiceFieldsTest {
    private static final String TO_REVIEWS = "route: [{destination: {host: reviews}}]";

    /** A rule's fields, and what the route's text form then contains. */
    static Stream<Arguments> fields() {
        return Stream.of(
                field("match: [{uri: {exact: /a}}]", "path: \"/a\""),
                field("match: [{uri: {prefix: /a}}]", "prefix: \"/a\""),
                field("match: [{uri: {prefix: ''}}]", "prefix: \"/\""),
                field("match: [{uri: {regex: '/a.*'}}]", "safe_regex { regex: \"/a.*\" }"),
                field("match: [{uri: {exact: /a}, ignoreUriCase: true}]", "case_sensitive { }"),
                field("match: [{scheme: {exact: https}}]", "name: \":scheme\" string_match { exact: \"https\" }"),
                field("match: [{method: {exact: GET}}]", "name: \":method\" string_match { exact: \"GET\" }"),
                field("match: [{authority: {prefix: rev}}]", "name: \":authority\" string_match { prefix: \"rev\" }"),
                field(
                        "match: [{headers: {X-User: {exact: jason}}}]",
                        "name: \"x-user\" string_match { exact: \"jason\" }"),
                field("match: [{headers: {x-user: {}}}]", "name: \"x-user\" present_match: true"),
                field("match: [{headers: {x-user: {regex: '*'}}}]", "name: \"x-user\" present_match: true"),
                field(
                        "match: [{withoutHeaders: {x-user: {exact: jason}}}]",
                        "name: \"x-user\" invert_match: true string_match { exact: \"jason\" } treat_missing_header_as_empty: true"),
                field(
                        "match: [{withoutHeaders: {x-user: {}}}]",
                        "name: \"x-user\" present_match: true invert_match: true"),
                field(
                        "match: [{queryParams: {q: {exact: ''}}}]",
                        "query_parameters { name: \"q\" string_match { exact: \"\" } }"),
                field("match: [{queryParams: {q: {}}}]", "query_parameters { name: \"q\" present_match: true }"),
                field("timeout: 1.5s", "timeout { seconds: 1 nanos: 500000000 }"),
                field("timeout: 0s", "timeout { }"),
                field("name: main", "name: \"main\""),
                field("name: main\n    match: [{name: a, uri: {prefix: /}}]", "name: \"main.a\""),
                field(
                        "retries: {attempts: 3, perTryTimeout: 2s}",
                        "num_retries { value: 3 } per_try_timeout { seconds: 2 }"),
                field("retries: {attempts: 3, retryOn: '5xx,503'}", "retry_on: \"5xx,retriable-status-codes\""),
                field("retries: {attempts: 3, retryOn: '5xx,503'}", "retriable_status_codes: 503"),
                field(
                        "retries: {attempts: 3, backoff: 100ms}",
                        "retry_back_off { base_interval { nanos: 100000000 } max_interval { seconds: 1 } }"),
                field("rewrite: {uri: /new}", "prefix_rewrite: \"/new\""),
                field("rewrite: {authority: other}", "host_rewrite_literal: \"other\""),
                field(
                        "rewrite: {uriRegexRewrite: {match: '/a/(.*)', rewrite: '/b/\\1'}}",
                        "regex_rewrite { pattern { regex: \"/a/(.*)\" } substitution: \"/b/\\\\1\" }"),
                field(
                        "mirror: {host: details}",
                        "request_mirror_policies { cluster: \"outbound|9080||details.default.svc.cluster.local\""),
                field(
                        "mirror: {host: details}\n    mirrorPercentage: {value: 0.5}",
                        "default_value { numerator: 5000 denominator: MILLION }"),
                field(
                        "mirrors: [{destination: {host: details}, percentage: {value: 10}}]",
                        "default_value { numerator: 100000 denominator: MILLION }"),
                field(
                        "headers: {request: {set: {a: b}}}",
                        "header { key: \"a\" value: \"b\" } append_action: OVERWRITE_IF_EXISTS_OR_ADD"),
                field(
                        "headers: {request: {add: {a: b}}}",
                        "request_headers_to_add { header { key: \"a\" value: \"b\" } }"),
                field("headers: {request: {remove: [a]}}", "request_headers_to_remove: \"a\""),
                field("headers: {response: {remove: [a]}}", "response_headers_to_remove: \"a\""),
                field("headers: {request: {set: {host: other}}}", "host_rewrite_literal: \"other\""));
    }

    private static Arguments field(String yaml, String expected) {
        return Arguments.of(yaml, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void aFieldOfARouteBecomes(String yaml, String expected) throws Exception {
        Route route = MeshFixture.of(rule(yaml + "\n    " + TO_REVIEWS)).firstRoute();

        assertThat(compact(route)).contains(expected);
    }

    @Test
    void aRedirectLeadsTheCallerElsewhereAndDropsADefaultPort() throws Exception {
        Route route = MeshFixture.of(
                        rule("redirect: {uri: /v2, authority: other, scheme: https, port: 443, redirectCode: 308}"))
                .firstRoute();

        assertThat(compact(route))
                .contains("redirect { host_redirect: \"other\" path_redirect: \"/v2\" response_code: PERMANENT_REDIRECT"
                        + " scheme_redirect: \"https\" }");
    }

    @Test
    void aDirectResponseAnswersWithoutCalling() throws Exception {
        Route route = MeshFixture.of(rule("directResponse: {status: 503, body: {string: closed}}"))
                .firstRoute();

        assertThat(route.getDirectResponse().getStatus()).isEqualTo(503);
        assertThat(route.getDirectResponse().getBody().getInlineBytes().toStringUtf8())
                .isEqualTo("closed");
    }

    @Test
    void aFaultBecomesAFilterOfItsRouteWithPercentagesInMillionths() throws Exception {
        Route route = MeshFixture.of(rule("fault: {delay: {fixedDelay: 7s, percentage: {value: 0.1}},"
                        + " abort: {grpcStatus: UNAVAILABLE, percentage: {value: 100}}}\n    " + TO_REVIEWS))
                .firstRoute();
        HTTPFault fault = HTTPFault.parseFrom(
                route.getTypedPerFilterConfigOrThrow("envoy.filters.http.fault").getValue());

        assertThat(fault.getDelay().getFixedDelay().getSeconds()).isEqualTo(7);
        assertThat(fault.getDelay().getPercentage().getNumerator()).isEqualTo(1000);
        assertThat(fault.getAbort().getGrpcStatus()).isEqualTo(14);
        assertThat(fault.getAbort().getPercentage().getNumerator()).isEqualTo(1_000_000);
    }

    @Test
    void aFaultWithoutPercentageIsNeverInjected() throws Exception {
        Route route = MeshFixture.of(rule("fault: {abort: {httpStatus: 500}}\n    " + TO_REVIEWS))
                .firstRoute();
        HTTPFault fault = HTTPFault.parseFrom(
                route.getTypedPerFilterConfigOrThrow("envoy.filters.http.fault").getValue());

        assertThat(fault.getAbort().getPercentage().getNumerator()).isZero();
    }

    @Test
    void withoutRetriesIstiosSafeDefaultsHold() throws Exception {
        var policy = MeshFixture.of().firstRoute().getRoute().getRetryPolicy();

        assertThat(policy.getNumRetries().getValue()).isEqualTo(2);
        assertThat(policy.getRetryOn()).isEqualTo("connect-failure,refused-stream,unavailable,cancelled");
        assertThat(policy.getHostSelectionRetryMaxAttempts()).isEqualTo(5);
        assertThat(policy.getRetryHostPredicate(0).getName()).isEqualTo("envoy.retry_host_predicates.previous_hosts");
    }

    @Test
    void zeroAttemptsSwitchRetriesOff() throws Exception {
        Route route = MeshFixture.of(rule("retries: {attempts: 0}\n    " + TO_REVIEWS))
                .firstRoute();

        assertThat(route.getRoute().hasRetryPolicy()).isFalse();
    }

    @Test
    void destinationsOfWeightZeroAreLeftOut() throws Exception {
        Route route = MeshFixture.of(rule("route: [{destination: {host: reviews, subset: v1}, weight: 90},"
                        + " {destination: {host: reviews, subset: v2}, weight: 0},"
                        + " {destination: {host: reviews, subset: v3}, weight: 10}]"))
                .firstRoute();

        assertThat(route.getRoute().getWeightedClusters().getClustersList())
                .extracting(c -> c.getName() + "=" + c.getWeight().getValue())
                .containsExactly(
                        "outbound|9080|v1|reviews.default.svc.cluster.local=90",
                        "outbound|9080|v3|reviews.default.svc.cluster.local=10");
    }

    @Test
    void everyRouteNamesTheRuleThatMadeIt() throws Exception {
        Route route = MeshFixture.of(rule(TO_REVIEWS)).firstRoute();

        assertThat(route.getMetadata()
                        .getFilterMetadataOrThrow("istio")
                        .getFieldsOrThrow("config")
                        .getStringValue())
                .isEqualTo("/apis/networking.istio.io/v1/namespaces/default/virtual-service/reviews");
    }

    private static String rule(String http) {
        return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: reviews}\nspec:\n"
                + "  hosts: [reviews]\n  http:\n  - " + http + "\n";
    }

    private static String compact(Route route) {
        return TextFormat.printer().emittingSingleLine(true).printToString(route);
    }
}
