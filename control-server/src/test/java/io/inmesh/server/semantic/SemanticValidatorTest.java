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
                        "{host: ratings, trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true}}}}",
                        Check.NO_EFFECT,
                        "spec.trafficPolicy.loadBalancer.consistentHash.useSourceIp"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {connectionPool: {http: {http1MaxPendingRequests: 1}}}}",
                        Check.NO_EFFECT,
                        "spec.trafficPolicy.connectionPool.http.http1MaxPendingRequests"),
                resource(
                        "networking.istio.io/v1",
                        "VirtualService",
                        "{hosts: [ratings], http: [{timeout: 7s, retries: {attempts: 3, perTryTimeout: 2s}, route: [{destination: {host: ratings}}]}]}",
                        Check.TIMEOUT_TOO_SHORT,
                        "spec.http[0].timeout"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {tls: {mode: SIMPLE, credentialName: secret}}}",
                        Check.NO_EFFECT,
                        "spec.trafficPolicy.tls.credentialName"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {loadBalancer: {localityLbSetting: {failover: [{from: eu, to: us}]}}}}",
                        Check.NO_EFFECT,
                        "spec.trafficPolicy.loadBalancer.localityLbSetting.failover"),
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
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{from: []}]}",
                        Check.REQUIRED,
                        "spec.rules[0].from"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{to: []}]}",
                        Check.REQUIRED,
                        "spec.rules[0].to"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{from: [{}]}]}",
                        Check.REQUIRED,
                        "spec.rules[0].from[0].source"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{from: [{source: {}}]}]}",
                        Check.REQUIRED,
                        "spec.rules[0].from[0].source"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{to: [{operation: {}}]}]}",
                        Check.REQUIRED,
                        "spec.rules[0].to[0].operation"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: a b}}}}",
                        Check.BAD_VALUE,
                        "spec.trafficPolicy.loadBalancer.consistentHash.httpHeaderName"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: ''}}}}",
                        Check.BAD_VALUE,
                        "spec.trafficPolicy.loadBalancer.consistentHash.httpHeaderName"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {loadBalancer: {consistentHash: {httpQueryParameterName: ''}}}}",
                        Check.REQUIRED,
                        "spec.trafficPolicy.loadBalancer.consistentHash.httpQueryParameterName"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: a=b}}}}}",
                        Check.BAD_VALUE,
                        "spec.trafficPolicy.loadBalancer.consistentHash.httpCookie.name"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: a, path: /;b}}}}}",
                        Check.BAD_VALUE,
                        "spec.trafficPolicy.loadBalancer.consistentHash.httpCookie.path"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: a, attributes: [{name: b, value: ü}]}}}}}",
                        Check.BAD_VALUE,
                        "spec.trafficPolicy.loadBalancer.consistentHash.httpCookie.attributes[0].value"),
                resource(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        "{host: ratings, trafficPolicy: {outlierDetection: {baseEjectionTime: 999999h}}}",
                        Check.BAD_VALUE,
                        "spec.trafficPolicy.outlierDetection.baseEjectionTime"),
                resource(
                        "networking.istio.io/v1",
                        "VirtualService",
                        "{hosts: [a b], http: [{directResponse: {status: 200}}]}",
                        Check.BAD_VALUE,
                        "spec.hosts[0]"),
                resource(
                        "networking.istio.io/v1",
                        "VirtualService",
                        "{hosts: ['http://a/'], http: [{directResponse: {status: 200}}]}",
                        Check.BAD_VALUE,
                        "spec.hosts[0]"),
                resource(
                        "networking.istio.io/v1",
                        "ServiceEntry",
                        "{hosts: ['http://a/'], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}",
                        Check.BAD_VALUE,
                        "spec.hosts[0]"),
                resource(
                        "v1",
                        "Service",
                        "{selector: {app: a}, ports: [{port: 80, targetPort: 99999}]}",
                        Check.BAD_VALUE,
                        "spec.ports[0].targetPort"),
                resource(
                        "v1",
                        "Service",
                        "{selector: {app: a}, ports: [{port: 80, targetPort: 0}]}",
                        Check.BAD_VALUE,
                        "spec.ports[0].targetPort"),
                resource(
                        "v1",
                        "Service",
                        "{selector: {app: a}, ports: [{port: 80, targetPort: '99999999999'}]}",
                        Check.BAD_VALUE,
                        "spec.ports[0].targetPort"),
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
                        "{rules: [{to: [{operation: {paths: ['/a{*}']}}]}]}",
                        Check.BAD_VALUE,
                        "spec.rules[0].to[0].operation.paths[0]"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{to: [{operation: {paths: ['/{**}/{*}']}}]}]}",
                        Check.BAD_VALUE,
                        "spec.rules[0].to[0].operation.paths[0]"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{from: [{source: {principals: ['spiffe://a/ns/b/sa/c']}}]}]}",
                        Check.NEVER_MATCHES,
                        "spec.rules[0].from[0].source.principals[0]"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{when: [{key: source.principal, notValues: [default/sa c]}]}]}",
                        Check.NEVER_MATCHES,
                        "spec.rules[0].when[0].notValues[0]"),
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
                        Check.NO_TOKENS,
                        "spec.rules[0].from[0].source.requestPrincipals"),
                resource(
                        "security.istio.io/v1",
                        "AuthorizationPolicy",
                        "{rules: [{when: [{key: 'experimental.envoy.filters.a.b', values: [a]}]}]}",
                        Check.UNENFORCEABLE_CONDITION,
                        "spec.rules[0].when[0].key"),
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
    @MethodSource("resources")
    void reports(String yaml, Check check, String path) {
        assertReported(yaml, check, path);
    }

    /** Asserts that the one resource in {@code yaml} is reported for this, once, and that the report helps. */
    static void assertReported(String yaml, Check check, String path) {
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
    void aRuleThatAnotherNamespaceExportsOverOnesOwnIsToldOf() {
        String own =
                "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: {hosts: [reviews], http: [{directResponse: {status: 200}}]}}";
        String theirs =
                "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: b, namespace: shop}, spec: {hosts: [reviews.default.svc.cluster.local], exportTo: [%s], http: [{directResponse: {status: 200}}]}}";

        assertThat(validate(theirs.formatted("default"), own))
                .filteredOn(p -> p.code().equals(Check.HOST_CONFLICT.code()))
                .extracting(Problem::message)
                .singleElement()
                .asString()
                .endsWith("obey only VirtualService shop/b");
        assertThat(validate(theirs.formatted("shop"), own))
                .as("what a namespace says for itself is no conflict")
                .noneMatch(p -> p.code().equals(Check.HOST_CONFLICT.code()));
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
    void aSubsetOfTwoRulesAndASelectorThatIsExportedAreReported() {
        String other = SUBSETS.replace("metadata: {name: reviews}", "metadata: {name: more}");
        String selective = SUBSETS.replace(
                "{host: reviews,", "{host: reviews, workloadSelector: {matchLabels: {app: a}}, exportTo: ['*'],");

        assertThat(validate(SUBSETS, other))
                .extracting(Problem::code)
                .containsExactly(Check.RULES_MERGED.code(), Check.SUBSET_CONFLICT.code(), Check.SUBSET_CONFLICT.code());
        assertThat(validate(selective, "")).extracting(Problem::fieldPath).containsExactly("spec.exportTo[0]");
    }

    @Test
    void aCleanRuleHasNoProblems() {
        assertThat(validate(SUBSETS, "")).isEmpty();
    }

    @Test
    void pendingRequestsHaveAnEffectWhereConnectionsAreLimited() {
        String limited =
                "v2}}], trafficPolicy: {connectionPool: {tcp: {maxConnections: 1}, http: {http1MaxPendingRequests: 1}}}}";
        String rule = SUBSETS.replace("v2}}]}", limited);
        assertThat(rule).contains(limited);
        assertThat(validate(rule, "")).isEmpty();
    }

    private static List<Problem> validate(String yaml, String others) {
        ConfigView view = Config.view(Config.BOOKINFO, others, yaml);
        Resource candidate = view.get(Config.resource(yaml).key()).orElseThrow();
        return VALIDATOR.validate(candidate, view);
    }
}
