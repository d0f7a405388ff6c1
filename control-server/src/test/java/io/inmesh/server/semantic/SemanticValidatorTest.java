package io.inmesh.server.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each check by an input that trips it. */
class SemanticValidatorTest {
    private static final SemanticValidator VALIDATOR =
            new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local"));
    private static final String SUBSETS = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews}
            spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}
            """;

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
                route("directResponse: {status: 99}", Check.BAD_VALUE, "spec.http[0].directResponse.status"),
                route(
                        "directResponse: {status: 200, body: {bytes: '%%'}}",
                        Check.BAD_VALUE, "spec.http[0].directResponse.body.bytes"),
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

    static Stream<Arguments> resources() {
        return Stream.of(
                resource(
                        "networking.istio.io/v1",
                        "VirtualService",
                        "{hosts: ['*'], http: [{directResponse: {status: 200}}]}",
                        Check.WILDCARD_HOST,
                        "spec.hosts[0]"),
                resource(
                        "networking.istio.io/v1",
                        "VirtualService",
                        "{hosts: ['*'], gateways: [edge], http: []}",
                        Check.GATEWAY_ONLY,
                        "spec.gateways"),
                resource(
                        "networking.istio.io/v1",
                        "VirtualService",
                        "{hosts: [reviews, reviews.default.svc.cluster.local], http: [{directResponse: {status: 200}}]}",
                        Check.DUPLICATE,
                        "spec.hosts[1]"),
                resource(
                        "networking.istio.io/v1",
                        "VirtualService",
                        "{hosts: [reviews], http: [{directResponse: {status: 200}}, {directResponse: {status: 201}}]}",
                        Check.UNREACHABLE,
                        "spec.http[1]"),
                resource(
                        "networking.istio.io/v1",
                        "VirtualService",
                        "{hosts: [reviews], tcp: [{}]}",
                        Check.NO_EFFECT,
                        "spec.tcp"),
                resource("networking.istio.io/v1", "VirtualService", "{hosts: [reviews]}", Check.REQUIRED, "spec.http"),
                resource("networking.istio.io/v1", "DestinationRule", "{}", Check.REQUIRED, "spec.host"),
                resource(
                        "networking.istio.io/v1", "DestinationRule", "{host: nobody}", Check.UNKNOWN_HOST, "spec.host"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, subsets: [{name: a}, {name: a}]}",
                        Check.DUPLICATE,
                        "spec.subsets[1].name"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {tls: {mode: SIMPLE, insecureSkipVerify: true}}}",
                        Check.INSECURE,
                        "spec.trafficPolicy.tls.insecureSkipVerify"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {tls: {mode: MUTUAL}}}",
                        Check.REQUIRED,
                        "spec.trafficPolicy.tls.clientCertificate"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {loadBalancer: {simple: RANDOM, consistentHash: {useSourceIp: true}}}}",
                        Check.EXCLUSIVE,
                        "spec.trafficPolicy.loadBalancer"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {loadBalancer: {consistentHash: {}}}}",
                        Check.REQUIRED,
                        "spec.trafficPolicy.loadBalancer.consistentHash"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: a, maglev: {tableSize: 100}}}}}",
                        Check.BAD_VALUE,
                        "spec.trafficPolicy.loadBalancer.consistentHash.maglev.tableSize"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {outlierDetection: {maxEjectionPercent: 101}}}",
                        Check.BAD_VALUE,
                        "spec.trafficPolicy.outlierDetection.maxEjectionPercent"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {connectionPool: {tcp: {connectTimeout: 0s}}}}",
                        Check.BAD_VALUE,
                        "spec.trafficPolicy.connectionPool.tcp.connectTimeout"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {loadBalancer: {localityLbSetting: {enabled: true}}}}",
                        Check.NO_EFFECT,
                        "spec.trafficPolicy.loadBalancer.localityLbSetting"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {portLevelSettings: [{port: {number: 0}}]}}",
                        Check.BAD_VALUE,
                        "spec.trafficPolicy.portLevelSettings[0].port.number"),
                resource(
                        "v1",
                        "Service",
                        "{type: ExternalName, externalName: a.b}",
                        Check.UNSUPPORTED_SERVICE,
                        "spec.type"),
                resource(
                        "v1",
                        "Service",
                        "{selector: {a: b}, ports: [{port: 27017, name: mongo}]}",
                        Check.OPAQUE_PORT,
                        "spec.ports[0]"),
                resource(
                        "networking.istio.io/v1",
                        "ServiceEntry",
                        "{hosts: ['*.a.b'], resolution: DNS}",
                        Check.UNSUPPORTED_SERVICE,
                        "spec.hosts[0]"),
                resource(
                        "networking.istio.io/v1",
                        "ServiceEntry",
                        "{hosts: [reviews.default.svc.cluster.local], resolution: DNS}",
                        Check.SERVICE_CONFLICT,
                        "spec.hosts[0]"),
                resource(
                        "networking.istio.io/v1",
                        "ServiceEntry",
                        "{hosts: [a.b], resolution: STATIC, endpoints: [{address: name}]}",
                        Check.BAD_VALUE,
                        "spec.endpoints[0].address"),
                resource("networking.istio.io/v1", "WorkloadEntry", "{}", Check.REQUIRED, "spec.address"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{action: CUSTOM, provider: {name: a}}",
                        Check.UNENFORCEABLE_ACTION,
                        "spec.action"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{action: AUDIT}",
                        Check.NOT_ENFORCED,
                        "spec.action"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{targetRefs: [{kind: Service, name: a}]}",
                        Check.UNENFORCEABLE_ACTION,
                        "spec.targetRefs"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{from: [{source: {requestPrincipals: ['*']}}]}]}",
                        Check.UNENFORCEABLE_CONDITION,
                        "spec.rules[0].from[0].source.requestPrincipals"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{when: [{key: connection.sni, values: [a]}]}]}",
                        Check.UNENFORCEABLE_BY_GRPC,
                        "spec.rules[0].when[0].key"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{when: [{key: no.such.key, values: [a]}]}]}",
                        Check.BAD_VALUE,
                        "spec.rules[0].when[0].key"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{from: [{source: {ipBlocks: [10.0.0.0/33]}}]}]}",
                        Check.BAD_VALUE,
                        "spec.rules[0].from[0].source.ipBlocks[0]"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{to: [{operation: {ports: ['0']}}]}]}",
                        Check.BAD_VALUE,
                        "spec.rules[0].to[0].operation.ports[0]"),
                resource(
                        "security.istio.io/v1",
                        "PeerAuthentication",
                        "{portLevelMtls: {'80': {mode: STRICT}}}",
                        Check.REQUIRED,
                        "spec.portLevelMtls"));
    }

    private static Arguments resource(String apiVersion, String kind, String spec, Check check, String path) {
        return Arguments.of(
                "{apiVersion: " + apiVersion + ", kind: " + kind + ", metadata: {name: x}, spec: " + spec + "}",
                check,
                path);
    }

    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource({"routes", "resources"})
    void reports(String yaml, Check check, String path) {
        List<Problem> problems = validate(yaml, SUBSETS);

        assertThat(problems)
                .filteredOn(p -> p.code().equals(check.code()) && p.fieldPath().equals(path))
                .as("wanted %s at %s among %s", check, path, problems)
                .hasSize(1)
                .allSatisfy(p -> {
                    assertThat(p.severity()).isEqualTo(check.severity());
                    assertThat(p.message()).isNotBlank();
                    assertThat(p.remedy()).isNotBlank();
                });
    }

    @Test
    void anUnknownSubsetIsAnsweredWithTheKnownOnes() {
        assertThat(validate(
                        "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: r}, spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews, subset: v9}}]}]}}",
                        SUBSETS))
                .extracting(Problem::message)
                .anyMatch(m -> m.endsWith("known subsets: v1, v2"));
    }

    @Test
    void twoVirtualServicesForOneHostAreToldWhichOneHolds() {
        String other =
                "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: {hosts: [reviews], http: [{directResponse: {status: 200}}]}}";

        assertThat(validate(other.replace("name: a", "name: b"), other))
                .filteredOn(p -> p.code().equals(Check.HOST_CONFLICT.code()))
                .extracting(Problem::message)
                .allMatch(m -> m.endsWith("obey only VirtualService default/a"))
                .hasSize(1);
    }

    @Test
    void aDestinationRuleThatDropsASubsetInUseIsReported() {
        String route =
                "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: r}, spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews, subset: v3}}]}]}}";

        assertThat(validate(SUBSETS, route)).extracting(Problem::code).contains(Check.SUBSET_IN_USE.code());
    }

    @Test
    void aCleanRuleHasNoProblems() {
        assertThat(validate(SUBSETS, "")).isEmpty();
    }

    private static List<Problem> validate(String yaml, String others) {
        ConfigView view = Config.view(Config.BOOKINFO, others, yaml);
        Resource candidate = view.get(Config.resource(yaml).key()).orElseThrow();
        return VALIDATOR.validate(candidate, view);
    }
}
