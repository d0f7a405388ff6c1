package io.inmesh.server.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.Personality;
import io.inmesh.server.translate.Translator;
import io.inmesh.server.validate.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrpcLimitsTest {
    private static final MeshState STATE =
            new Translator(RuleSettings.forTrustDomain("inmesh.local")).translate(Config.view("""
                            apiVersion: networking.istio.io/v1
                            kind: VirtualService
                            metadata: {name: v}
                            spec: {hosts: [a], http: [{match: [{queryParams: {q: {exact: x}}}], retries: {attempts: 9}, route: [{destination: {host: a}}]}]}
                            ---
                            apiVersion: networking.istio.io/v1
                            kind: DestinationRule
                            metadata: {name: d}
                            spec: {host: a, trafficPolicy: {tls: {mode: SIMPLE}, outlierDetection: {}}}
                            ---
                            apiVersion: security.istio.io/v1
                            kind: AuthorizationPolicy
                            metadata: {name: p}
                            spec: {rules: [{when: [{key: connection.sni, values: [x]}]}]}
                            ---
                            apiVersion: security.istio.io/v1
                            kind: PeerAuthentication
                            metadata: {name: m}
                            spec: {mtls: {mode: PERMISSIVE}}
                            ---
                            apiVersion: gateway.networking.k8s.io/v1
                            kind: HTTPRoute
                            metadata: {name: h}
                            spec: {rules: [{matches: [{queryParams: [{name: a, value: b}]}], filters: [{type: URLRewrite, urlRewrite: {hostname: c}}], timeouts: {backendRequest: 1s}, retry: {attempts: 5, codes: [500]}}]}
                            ---
                            apiVersion: gateway.networking.k8s.io/v1
                            kind: GRPCRoute
                            metadata: {name: g}
                            spec: {rules: [{backendRefs: [{name: a, port: 1, filters: [{type: RequestHeaderModifier, requestHeaderModifier: {}}]}]}]}
                            ---
                            apiVersion: inmesh.io/v1alpha1
                            kind: BackendTrafficPolicy
                            metadata: {name: b}
                            spec: {host: a, loadBalancer: {algorithm: PROBING}}
                            ---
                            apiVersion: inmesh.io/v1alpha1
                            kind: InboundTrafficPolicy
                            metadata: {name: i}
                            spec: {rateLimits: [{tokens: 5}], concurrency: {maxLimit: 50}, minRemaining: 5ms}
                            ---
                            apiVersion: networking.istio.io/v1
                            kind: ServiceEntry
                            metadata: {name: s}
                            spec: {hosts: [s.example.com], ports: [{number: 80, name: http}], resolution: DNS}
                            """), List.of(), null);

    @Test
    void whatStockGrpcCannotEnforceIsNamedFieldByField() {
        assertThat(limits(Personality.GRPC_SAFE))
                .allSatisfy(p -> assertThat(p.message()).startsWith("UNENFORCED"))
                .extracting(p -> p.resource().name() + " " + p.fieldPath())
                .containsExactlyInAnyOrder(
                        "v spec.http[0].match[0].queryParams",
                        "v spec.http[0].retries.attempts",
                        "d spec.trafficPolicy.tls.mode",
                        "d spec.trafficPolicy.outlierDetection",
                        "p spec.rules[0].when[0].key",
                        "m spec.mtls.mode",
                        "b spec.loadBalancer.algorithm",
                        "h spec.rules[0].matches[0].queryParams",
                        "h spec.rules[0].filters[0].urlRewrite",
                        "h spec.rules[0].timeouts.backendRequest",
                        "h spec.rules[0].retry.attempts",
                        "h spec.rules[0].retry.codes",
                        "g spec.rules[0].backendRefs[0].filters[0].requestHeaderModifier",
                        "i spec.rateLimits",
                        "i spec.concurrency",
                        "i spec.minRemaining",
                        "s spec.resolution");
    }

    @Test
    void ourOwnClientsHaveNoSuchLimits() {
        assertThat(limits(Personality.FULL)).isEmpty();
    }

    private static List<Problem> limits(Personality personality) {
        return GrpcLimits.of(STATE, new ClientContext("default", Map.of(), "default.svc.cluster.local", personality));
    }
}
