package io.inmesh.server.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.validate.SchemaValidator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule of the kinds' CRDs, and each problem with other resources, by an input that trips it. */
class GatewayRouteCheckTest {
    private static final SemanticValidator VALIDATOR =
            new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local"));
    private static final String TO_DETAILS = "backendRefs: [{name: details, port: 9080}]";
    private static final String SERVICE = "{group: '', kind: Service, name: reviews}";

    static Stream<Arguments> httpRules() {
        return Stream.of(
                rule("matches: [{path: {value: a}}]", Check.BAD_VALUE, "matches[0].path.value"),
                rule("matches: [{path: {value: //a}}]", Check.BAD_VALUE, "matches[0].path.value"),
                rule("matches: [{path: {value: /a/../b}}]", Check.BAD_VALUE, "matches[0].path.value"),
                rule("matches: [{path: {value: /a/./b}}]", Check.BAD_VALUE, "matches[0].path.value"),
                rule("matches: [{path: {value: /a/..}}]", Check.BAD_VALUE, "matches[0].path.value"),
                rule("matches: [{path: {value: /a/.}}]", Check.BAD_VALUE, "matches[0].path.value"),
                rule("matches: [{path: {value: /a%2fb}}]", Check.BAD_VALUE, "matches[0].path.value"),
                rule("matches: [{path: {value: '/a#b'}}]", Check.BAD_VALUE, "matches[0].path.value"),
                rule("matches: [{path: {value: '/a b'}}]", Check.BAD_VALUE, "matches[0].path.value"),
                rule("matches: [{path: {value: '/a%zz'}}]", Check.BAD_VALUE, "matches[0].path.value"),
                rule(
                        "matches: [{path: {type: RegularExpression, value: '('}}]",
                        Check.BAD_REGEX,
                        "matches[0].path.value"),
                rule("matches: [{headers: [{name: 'a b', value: c}]}]", Check.BAD_VALUE, "matches[0].headers[0].name"),
                rule("matches: [{headers: [{name: a, value: ''}]}]", Check.BAD_VALUE, "matches[0].headers[0].value"),
                rule(
                        "matches: [{headers: [{name: a, value: b}, {name: a, value: c}]}]",
                        Check.DUPLICATE,
                        "matches[0].headers[1].name"),
                rule(
                        "matches: [{headers: [{type: RegularExpression, name: a, value: '(?=b)'}]}]",
                        Check.BAD_REGEX,
                        "matches[0].headers[0].value"),
                rule(
                        "matches: [{queryParams: [{name: a, value: b}, {name: a, value: c}]}]",
                        Check.DUPLICATE,
                        "matches[0].queryParams[1].name"),
                rule("name: 'Upper'", Check.BAD_VALUE, "name"),
                rule("timeouts: {request: 1s, backendRequest: 2s}", Check.BAD_VALUE, "timeouts.backendRequest"),
                rule("timeouts: {request: 1.5s}", Check.BAD_VALUE, "timeouts.request"),
                rule("retry: {backoff: 0s}", Check.BAD_VALUE, "retry.backoff"),
                rule("sessionPersistence: {}", Check.NO_EFFECT, "sessionPersistence"),
                rule("filters: [{type: RequestRedirect, requestRedirect: {}}]\n    " + TO_DETAILS, Check.EXCLUSIVE, ""),
                rule(
                        "filters: [{type: RequestRedirect, requestRedirect: {}}, {type: URLRewrite, urlRewrite: {}}]",
                        Check.EXCLUSIVE,
                        "filters"),
                rule(
                        "filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: \"b\\nc\"}]}}]",
                        Check.BAD_VALUE,
                        "filters[0].requestHeaderModifier.set[0].value"),
                rule(
                        "filters: [{type: RequestHeaderModifier, requestHeaderModifier: {add: [{name: TE, value: b}]}}]",
                        Check.BAD_VALUE,
                        "filters[0].requestHeaderModifier.add[0].name"),
                rule(
                        "filters: [{type: ResponseHeaderModifier, responseHeaderModifier: {remove: [a b]}}]",
                        Check.BAD_VALUE,
                        "filters[0].responseHeaderModifier.remove[0]"),
                rule(
                        "filters: [{type: RequestRedirect, requestRedirect: {path: {type: ReplaceFullPath, replaceFullPath: /ü}}}]",
                        Check.BAD_VALUE,
                        "filters[0].requestRedirect.path.replaceFullPath"),
                rule("filters: [{type: URLRewrite}]", Check.REQUIRED, "filters[0].urlRewrite"),
                rule(
                        "filters: [{type: URLRewrite, urlRewrite: {}, requestRedirect: {}}]",
                        Check.EXCLUSIVE,
                        "filters[0].requestRedirect"),
                rule(
                        "filters: [{type: URLRewrite, urlRewrite: {}}, {type: URLRewrite, urlRewrite: {}}]",
                        Check.DUPLICATE,
                        "filters[1]"),
                rule(
                        "filters: [{type: URLRewrite, urlRewrite: {hostname: '*.a'}}]",
                        Check.BAD_VALUE,
                        "filters[0].urlRewrite.hostname"),
                rule(
                        "filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath}}}]",
                        Check.REQUIRED,
                        "filters[0].urlRewrite.path.replaceFullPath"),
                rule(
                        "filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: /, replacePrefixMatch: /}}}]",
                        Check.EXCLUSIVE,
                        "filters[0].urlRewrite.path.replacePrefixMatch"),
                rule(
                        "matches: [{path: {type: Exact, value: /a}}]\n    filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]",
                        Check.EXCLUSIVE,
                        "filters[0].urlRewrite.path.replacePrefixMatch"),
                rule(
                        "matches: [{path: {value: /a}}, {path: {value: /b}}]\n    filters: [{type: RequestRedirect, requestRedirect: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]",
                        Check.EXCLUSIVE,
                        "filters[0].requestRedirect.path.replacePrefixMatch"),
                rule(
                        "filters: [{type: RequestRedirect, requestRedirect: {statusCode: 304}}]",
                        Check.BAD_VALUE,
                        "filters[0].requestRedirect.statusCode"),
                rule(
                        "filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}, {name: a, value: c}]}}]",
                        Check.DUPLICATE,
                        "filters[0].requestHeaderModifier.set[1].name"),
                rule(
                        "filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove: [a, a]}}]",
                        Check.DUPLICATE,
                        "filters[0].requestHeaderModifier.remove[1]"),
                rule(
                        "filters: [{type: RequestMirror, requestMirror: {backendRef: {name: details}}}]",
                        Check.REQUIRED,
                        "filters[0].requestMirror.backendRef.port"),
                rule(
                        "filters: [{type: RequestMirror, requestMirror: {backendRef: {name: details, port: 9080}, percent: 1, fraction: {numerator: 1}}}]",
                        Check.EXCLUSIVE,
                        "filters[0].requestMirror"),
                rule(
                        "filters: [{type: RequestMirror, requestMirror: {backendRef: {name: details, port: 9080}, fraction: {numerator: 5, denominator: 4}}}]",
                        Check.BAD_VALUE,
                        "filters[0].requestMirror.fraction.numerator"),
                rule(
                        "filters: [{type: RequestMirror, requestMirror: {backendRef: {name: nobody, port: 80}}}]",
                        Check.UNRESOLVED_BACKEND,
                        "filters[0].requestMirror.backendRef"),
                rule("filters: [{type: CORS, cors: {}}]", Check.UNSUPPORTED_FILTER, "filters[0]"),
                rule("backendRefs: [{name: details}]", Check.REQUIRED, "backendRefs[0].port"),
                rule("backendRefs: [{name: nobody, port: 80}]", Check.UNRESOLVED_BACKEND, "backendRefs[0]"),
                rule("backendRefs: [{name: details, port: 1}]", Check.UNRESOLVED_BACKEND, "backendRefs[0]"));
    }

    private static Arguments rule(String rule, Check check, String field) {
        return Arguments.of(rule, check, "spec.rules[0]" + (field.isEmpty() ? "" : "." + field));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("httpRules")
    void anHttpRule(String rule, Check check, String field) {
        tripped("HTTPRoute", "{parentRefs: [" + SERVICE + "]}", rule, check, field);
    }

    static Stream<Arguments> grpcRules() {
        return Stream.of(
                rule("matches: [{method: {}}]", Check.REQUIRED, "matches[0].method"),
                rule("matches: [{method: {service: a/b}}]", Check.BAD_VALUE, "matches[0].method.service"),
                rule("matches: [{method: {method: a.b}}]", Check.BAD_VALUE, "matches[0].method.method"),
                rule(
                        "matches: [{method: {type: RegularExpression, service: '['}}]",
                        Check.BAD_REGEX,
                        "matches[0].method.service"),
                rule("filters: [{type: ResponseHeaderModifier}]", Check.REQUIRED, "filters[0].responseHeaderModifier"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("grpcRules")
    void aGrpcRule(String rule, Check check, String field) {
        tripped("GRPCRoute", "{parentRefs: [" + SERVICE + "]}", rule, check, field);
    }

    static Stream<Arguments> specs() {
        String many = IntStream.range(0, 17).mapToObj(i -> "{name: n" + i + "}").collect(Collectors.joining(","));
        return Stream.of(
                Arguments.of("{}", Check.PARENT_NOT_SERVED, "spec.parentRefs"),
                Arguments.of("{parentRefs: [{name: edge}]}", Check.PARENT_NOT_SERVED, "spec.parentRefs[0]"),
                Arguments.of(
                        "{parentRefs: [{group: '', kind: Service, name: nobody}]}",
                        Check.UNKNOWN_PARENT,
                        "spec.parentRefs[0]"),
                Arguments.of(
                        "{parentRefs: [{group: '', kind: Service, name: reviews, sectionName: grpc}]}",
                        Check.UNKNOWN_PARENT,
                        "spec.parentRefs[0]"),
                Arguments.of("{parentRefs: [" + SERVICE + ", " + SERVICE + "]}", Check.DUPLICATE, "spec.parentRefs[1]"),
                Arguments.of(
                        "{parentRefs: [" + SERVICE + ", {group: '', kind: Service, name: reviews, sectionName: http}]}",
                        Check.EXCLUSIVE,
                        "spec.parentRefs"),
                Arguments.of("{hostnames: ['Upper.example']}", Check.BAD_VALUE, "spec.hostnames[0]"),
                Arguments.of("{hostnames: [a.example]}", Check.NO_EFFECT, "spec.hostnames"),
                Arguments.of("{rules: [" + many + "]}", Check.BAD_VALUE, "spec.rules"),
                Arguments.of("{rules: [{name: a}, {name: a}]}", Check.DUPLICATE, "spec.rules[1].name"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void aRouteAsAWhole(String spec, Check check, String field) {
        tripped("HTTPRoute", spec, null, check, field);
    }

    @Test
    void aReferenceGrantNeedsBothSides() {
        Resource grant = Config.resource(
                "{apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant, metadata: {name: g}, spec: {from: [], to: [{group: '', kind: Service}]}}");
        assertThat(VALIDATOR.validate(grant, Config.view(Config.BOOKINFO)))
                .map(p -> p.code() + " " + p.fieldPath())
                .containsExactly(Check.REQUIRED.code() + " spec.from");
    }

    @Test
    void aVirtualServiceForTheSameHostIsReported() {
        String route = route("HTTPRoute", "{parentRefs: [" + SERVICE + "]}");
        ConfigView view = Config.view(
                Config.BOOKINFO,
                "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: v, creationTimestamp: '2020-01-01T00:00:00Z'}, spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews}}]}]}}",
                route);

        assertThat(VALIDATOR.validate(Config.resource(route), view))
                .filteredOn(p -> p.code().equals(Check.ROUTE_CONFLICT.code()))
                .map(Problem::message)
                .containsExactly(
                        "VirtualService default/v routes reviews.default.svc.cluster.local too; clients that see"
                                + " both obey only VirtualService default/v");
    }

    @Test
    void theVirtualServiceIsToldToo() {
        ConfigView view = Config.view(
                Config.BOOKINFO,
                "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: v}, spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews}}]}]}}",
                "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, creationTimestamp: '2020-01-01T00:00:00Z'}, spec: {parentRefs: ["
                        + SERVICE + "]}}");

        assertThat(VALIDATOR.validate(view.byKind("VirtualService").get(0), view))
                .map(p -> p.code() + " " + p.fieldPath() + ": " + p.message())
                .containsExactly(
                        Check.ROUTE_CONFLICT.code() + " spec.hosts[0]: HTTPRoute default/r routes"
                                + " reviews.default.svc.cluster.local too; clients that see both obey only HTTPRoute default/r");
    }

    @Test
    void aGrpcRouteOnTheSamePortIsReportedOnTheHttpRoute() {
        String spec = "{parentRefs: [" + SERVICE + "]}";
        ConfigView view = Config.view(Config.BOOKINFO, route("HTTPRoute", spec), route("GRPCRoute", spec));

        assertThat(codes(view, "HTTPRoute")).contains(Check.ROUTE_CONFLICT.code());
        assertThat(codes(view, "GRPCRoute")).doesNotContain(Check.ROUTE_CONFLICT.code());
    }

    private static List<String> codes(ConfigView view, String kind) {
        return VALIDATOR.validate(view.byKind(kind).get(0), view).stream()
                .map(Problem::code)
                .toList();
    }

    private static void tripped(String kind, String spec, String rule, Check check, String field) {
        String yaml = rule == null ? route(kind, spec) : """
                apiVersion: gateway.networking.k8s.io/v1
                kind: %s
                metadata: {name: r}
                spec:
                  parentRefs: [%s]
                  rules:
                  - %s
                """.formatted(kind, SERVICE, rule);
        ConfigView view = Config.view(Config.BOOKINFO, yaml);
        Resource resource = Config.resource(yaml);
        List<String> schema = new ArrayList<>();
        new SchemaValidator().validate(resource, view).forEach(p -> schema.add(p.toString()));

        assertThat(schema).isEmpty();
        assertThat(VALIDATOR.validate(resource, view))
                .map(p -> p.code() + " " + p.fieldPath())
                .contains(check.code() + " " + field);
    }

    private static String route(String kind, String spec) {
        return "{apiVersion: gateway.networking.k8s.io/v1, kind: " + kind + ", metadata: {name: r}, spec: " + spec
                + "}";
    }
}
