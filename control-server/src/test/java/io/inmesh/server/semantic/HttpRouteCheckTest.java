package io.inmesh.server.semantic;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an HTTP rule of a VirtualService may get wrong. */
class HttpRouteCheckTest {
    static Stream<Arguments> routes() {
        return Stream.of(
                route(
                        "route: [{destination: {host: reviews}, weight: 0}, {destination: {host: ratings}, weight: 0}]",
                        Check.WEIGHTS_ZERO,
                        "spec.http[0].route"),
                route(
                        "route: [{destination: {host: reviews}, weight: -1}, {destination: {host: ratings}, weight: 2}]",
                        Check.BAD_VALUE,
                        "spec.http[0].route[0].weight"),
                route(
                        "route: [{destination: {host: reviews, subset: v9}}]",
                        Check.UNKNOWN_SUBSET,
                        "spec.http[0].route[0].destination.subset"),
                route(
                        "route: [{destination: {host: ratings, subset: v1}}]",
                        Check.SUBSET_WITHOUT_RULE,
                        "spec.http[0].route[0].destination.subset"),
                route(
                        "route: [{destination: {host: nobody}}]",
                        Check.UNKNOWN_HOST,
                        "spec.http[0].route[0].destination.host"),
                route(
                        "route: [{destination: {host: '*.default.svc.cluster.local'}}]",
                        Check.BAD_VALUE,
                        "spec.http[0].route[0].destination.host"),
                route("route: [{destination: {}}]", Check.REQUIRED, "spec.http[0].route[0].destination.host"),
                route(
                        "route: [{destination: {host: reviews, port: {number: 1}}}]",
                        Check.UNKNOWN_PORT,
                        "spec.http[0].route[0].destination.port.number"),
                route("timeout: 1s", Check.REQUIRED, "spec.http[0]"),
                route("redirect: {uri: /a}, route: [{destination: {host: reviews}}]", Check.EXCLUSIVE, "spec.http[0]"),
                route("redirect: {uri: /a}, rewrite: {uri: /b}", Check.EXCLUSIVE, "spec.http[0].rewrite"),
                route("redirect: {uri: /a, redirectCode: 300}", Check.BAD_VALUE, "spec.http[0].redirect.redirectCode"),
                toReviews("match: [{uri: {exact: ''}}]", Check.BAD_VALUE, "spec.http[0].match[0].uri.exact"),
                toReviews(
                        "headers: {request: {set: {x-a: \"a\\nb: c\"}}}",
                        Check.BAD_VALUE,
                        "spec.http[0].headers.request.set.x-a"),
                toReviews(
                        "headers: {response: {add: {x-a: grüße}}}",
                        Check.BAD_VALUE,
                        "spec.http[0].headers.response.add.x-a"),
                toReviews(
                        "headers: {request: {set: {x b: c}}}", Check.BAD_VALUE, "spec.http[0].headers.request.set.x b"),
                toReviews("headers: {request: {set: {'': c}}}", Check.BAD_VALUE, "spec.http[0].headers.request.set."),
                toReviews(
                        "headers: {request: {set: {Transfer-Encoding: chunked}}}",
                        Check.BAD_VALUE,
                        "spec.http[0].headers.request.set.Transfer-Encoding"),
                toReviews(
                        "headers: {response: {add: {connection: close}}}",
                        Check.BAD_VALUE,
                        "spec.http[0].headers.response.add.connection"),
                toReviews(
                        "headers: {request: {remove: [content-length]}}",
                        Check.BAD_VALUE,
                        "spec.http[0].headers.request.remove[0]"),
                toReviews(
                        "headers: {request: {set: {host: a b}}}",
                        Check.BAD_VALUE,
                        "spec.http[0].headers.request.set.host"),
                toReviews(
                        "headers: {response: {remove: [x-a, ü]}}",
                        Check.BAD_VALUE,
                        "spec.http[0].headers.response.remove[1]"),
                toReviews("rewrite: {authority: ' '}", Check.BAD_VALUE, "spec.http[0].rewrite.authority"),
                toReviews(
                        "rewrite: {uriRegexRewrite: {match: '^/(a)', rewrite: '/\\2'}}",
                        Check.BAD_VALUE,
                        "spec.http[0].rewrite.uriRegexRewrite.rewrite"),
                toReviews(
                        "rewrite: {uriRegexRewrite: {match: '^/(a)', rewrite: '/\\x'}}",
                        Check.BAD_VALUE,
                        "spec.http[0].rewrite.uriRegexRewrite.rewrite"),
                route("redirect: {uri: a}", Check.BAD_VALUE, "spec.http[0].redirect.uri"),
                route("redirect: {uri: \"/a\\r\\nb: c\"}", Check.BAD_VALUE, "spec.http[0].redirect.uri"),
                route("redirect: {prefixRewrite: /ü}", Check.BAD_VALUE, "spec.http[0].redirect.prefixRewrite"),
                route("redirect: {authority: ü}", Check.BAD_VALUE, "spec.http[0].redirect.authority"),
                route("directResponse: {status: 99}", Check.BAD_VALUE, "spec.http[0].directResponse.status"),
                route(
                        "directResponse: {status: 200, body: {bytes: '%%'}}",
                        Check.BAD_VALUE, "spec.http[0].directResponse.body.bytes"),
                route(
                        "directResponse: {status: 200, body: {bytes: /w==}}",
                        Check.NO_EFFECT,
                        "spec.http[0].directResponse.body.bytes"),
                route(
                        "directResponse: {status: 200, headers: {response: {set: {a: b}}}}",
                        Check.NO_EFFECT,
                        "spec.http[0].directResponse.headers"),
                toReviews(
                        "fault: {abort: {httpStatus: 500, http2Error: '1', percentage: {value: 1}}}",
                        Check.NO_EFFECT,
                        "spec.http[0].fault.abort.http2Error"),
                toReviews("match: [{uri: {regex: '('}}]", Check.BAD_REGEX, "spec.http[0].match[0].uri.regex"),
                toReviews(
                        "match: [{headers: {a: {regex: '(?!x)'}}}]",
                        Check.BAD_REGEX,
                        "spec.http[0].match[0].headers.a.regex"),
                toReviews(
                        "match: [{headers: {a: {prefix: ''}}}]",
                        Check.BAD_VALUE,
                        "spec.http[0].match[0].headers.a.prefix"),
                toReviews(
                        "match: [{headers: {'@request.auth.claims.a': {exact: b}}}]",
                        Check.NO_EFFECT,
                        "spec.http[0].match[0].headers.@request.auth.claims.a"),
                toReviews("match: [{port: 70000}]", Check.BAD_VALUE, "spec.http[0].match[0].port"),
                toReviews("timeout: -1s", Check.BAD_VALUE, "spec.http[0].timeout"),
                toReviews("timeout: 5", Check.BAD_VALUE, "spec.http[0].timeout"),
                toReviews(
                        "timeout: 1s, retries: {attempts: 2, perTryTimeout: 2s}",
                        Check.NO_EFFECT,
                        "spec.http[0].retries.perTryTimeout"),
                toReviews("retries: {attempts: -1}", Check.BAD_VALUE, "spec.http[0].retries.attempts"),
                toReviews("retries: {attempts: 1, retryOn: whenever}", Check.BAD_VALUE, "spec.http[0].retries.retryOn"),
                toReviews(
                        "retries: {attempts: 1, retryRemoteLocalities: true}",
                        Check.NO_EFFECT,
                        "spec.http[0].retries.retryRemoteLocalities"),
                toReviews(
                        "fault: {abort: {httpStatus: 500, percentage: {value: 101}}}",
                        Check.BAD_VALUE,
                        "spec.http[0].fault.abort.percentage.value"),
                toReviews("fault: {abort: {httpStatus: 500}}", Check.FAULT_NEVER, "spec.http[0].fault.abort"),
                toReviews("fault: {abort: {percentage: {value: 1}}}", Check.REQUIRED, "spec.http[0].fault.abort"),
                toReviews(
                        "fault: {abort: {grpcStatus: NICE, percentage: {value: 1}}}",
                        Check.BAD_VALUE,
                        "spec.http[0].fault.abort.grpcStatus"),
                toReviews(
                        "fault: {delay: {fixedDelay: 0.5ms, percentage: {value: 1}}}",
                        Check.BAD_VALUE,
                        "spec.http[0].fault.delay.fixedDelay"),
                toReviews(
                        "mirror: {host: ratings}, mirrors: [{destination: {host: ratings}}]",
                        Check.EXCLUSIVE,
                        "spec.http[0]"),
                toReviews(
                        "mirror: {host: ratings}, mirrorPercentage: {value: -1}",
                        Check.BAD_VALUE,
                        "spec.http[0].mirrorPercentage.value"),
                toReviews("rewrite: {}", Check.REQUIRED, "spec.http[0].rewrite"),
                toReviews(
                        "rewrite: {uriRegexRewrite: {match: '[', rewrite: a}}",
                        Check.BAD_REGEX,
                        "spec.http[0].rewrite.uriRegexRewrite.match"),
                toReviews(
                        "headers: {request: {set: {host: a, ':authority': b}}}",
                        Check.DUPLICATE,
                        "spec.http[0].headers.request"),
                toReviews(
                        "headers: {request: {set: {x: '%START_TIME%'}}}",
                        Check.NO_EFFECT, "spec.http[0].headers.request.set.x"),
                toReviews(
                        "headers: {response: {remove: [':status']}}",
                        Check.NO_EFFECT,
                        "spec.http[0].headers.response.remove[0]"),
                toReviews(
                        "match: [{headers: {uri: {exact: /a}}}]", Check.NO_EFFECT, "spec.http[0].match[0].headers.uri"),
                toReviews(
                        "match: [{uri: {regex: /a}, ignoreUriCase: true}]",
                        Check.NO_EFFECT,
                        "spec.http[0].match[0].ignoreUriCase"),
                toReviews("match: [{gateways: [edge]}]", Check.GATEWAY_ONLY, "spec.http[0].match[0].gateways"),
                toReviews(
                        "match: [{gateways: [mesh, edge], sourceLabels: {app: a}}]",
                        Check.NO_EFFECT,
                        "spec.http[0].match[0].sourceLabels"),
                toReviews(
                        "retries: {attempts: 1, retryOn: retriable-headers}",
                        Check.NO_EFFECT,
                        "spec.http[0].retries.retryOn"),
                toReviews("corsPolicy: {allowCredentials: true}", Check.NO_EFFECT, "spec.http[0].corsPolicy"),
                route("delegate: {name: nobody}", Check.BAD_DELEGATE, "spec.http[0].delegate"));
    }

    private static Arguments route(String http, Check check, String path) {
        return Arguments.of(
                "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v}\nspec: {hosts: [reviews], http: [{"
                        + http + "}]}\n",
                check,
                path);
    }

    private static Arguments toReviews(String http, Check check, String path) {
        return route(http + ", route: [{destination: {host: reviews}}]", check, path);
    }

    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource("routes")
    void reports(String yaml, Check check, String path) {
        SemanticValidatorTest.assertReported(yaml, check, path);
    }
}
