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
