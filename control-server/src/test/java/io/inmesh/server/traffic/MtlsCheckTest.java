package io.inmesh.server.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.Workloads;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.traffic.MtlsReport.Verdict;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.RegisteredWorkloads;
import io.inmesh.server.translate.Translator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MtlsCheckTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final String RATINGS_HOST = "ratings.default.svc.cluster.local";
    private static final String PRODUCTPAGE = "spiffe://inmesh.local/ns/default/sa/bookinfo-productpage";

    private final List<Flow> flows = new ArrayList<>();

    @Test
    void aWorkloadWhoseRequestsAllHadAnIdentityMayBecomeStrict() {
        inbound("reviews-v1", Flow.Connection.MTLS, PRODUCTPAGE, 100);

        MtlsReport.Port port = port(report(), "reviews-v1");
        assertThat(port.verdict()).isEqualTo(Verdict.SAFE);
        assertThat(port.reason()).isEqualTo("all 100 requests came over mutual TLS");
    }

    @Test
    void onePlaintextRequestIsEnoughToBreak() {
        inbound("reviews-v1", Flow.Connection.MTLS, PRODUCTPAGE, 99);
        inbound("reviews-v1", Flow.Connection.PLAINTEXT, "10.9.9.9", 1);

        MtlsReport report = report();
        assertThat(port(report, "reviews-v1").verdict()).isEqualTo(Verdict.BREAKS);
        assertThat(port(report, "reviews-v1").reason()).isEqualTo("1 of 100 requests had no identity");
        assertThat(report.clean()).isFalse();
        assertThat(report.next()).contains("10.9.9.9, which is not in the mesh");
    }

    @Test
    void tlsWithoutACertificateOfTheMeshBreaksAsWell() {
        inbound("reviews-v1", Flow.Connection.TLS, "10.9.9.9", 1);

        assertThat(port(report(), "reviews-v1").verdict()).isEqualTo(Verdict.BREAKS);
        assertThat(report().callers())
                .singleElement()
                .satisfies(caller -> assertThat(caller.tls()).isTrue());
    }

    @Test
    void silenceProvesNothing() {
        MtlsReport report = report();

        assertThat(report.ports())
                .hasSize(6)
                .allSatisfy(port -> assertThat(port.verdict()).isEqualTo(Verdict.UNKNOWN));
        assertThat(report.next()).contains("wait for requests").contains("namespace default");
    }

    @Test
    void aNamespaceIsRecommendedOnlyIfAllOfItIsKnownToBeSafe() {
        for (String app : List.of("productpage-v1", "details-v1", "reviews-v1", "reviews-v2", "reviews-v3")) {
            inbound(app, Flow.Connection.MTLS, PRODUCTPAGE, 1);
        }
        assertThat(report().next()).contains("wait for requests");
        inbound("ratings-v1", Flow.Connection.MTLS, PRODUCTPAGE, 1);

        assertThat(report().next()).startsWith("apply a PeerAuthentication with mode STRICT to namespace default");
        assertThat(report().clean()).isTrue();
    }

    @Test
    void aPlaintextCallerWithAnAddressOfTheMeshIsNamed() {
        inbound("reviews-v1", Flow.Connection.PLAINTEXT, "10.0.0.2", 1);

        assertThat(report().callers())
                .singleElement()
                .satisfies(caller -> assertThat(caller.sourceWorkloads()).containsExactly("default/details-v1"));
    }

    @Test
    void aStrictPortIsDoneAndSaysWhomItRefuses() {
        inbound("reviews-v1", Flow.Connection.PLAINTEXT, "10.9.9.9", 7);

        MtlsReport.Port port = port(report("""
                        {apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: default},
                         spec: {mtls: {mode: STRICT}}}
                        """), "reviews-v1");
        assertThat(port.verdict()).isEqualTo(Verdict.STRICT);
        assertThat(port.reason()).isEqualTo("refuses 7 requests without identity");
    }

    @Test
    void aPortLevelExceptionIsJudgedByItself() {
        inbound("reviews-v1", Flow.Connection.PLAINTEXT, "10.9.9.9", 7);

        MtlsReport report = report("""
                {apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: reviews},
                 spec: {selector: {matchLabels: {app: reviews}}, mtls: {mode: STRICT}, portLevelMtls: {9080: {mode: PERMISSIVE}}}}
                """);
        assertThat(port(report, "reviews-v1").verdict()).isEqualTo(Verdict.BREAKS);
    }

    @Test
    void aCallOverPlaintextSaysWhyTheMeshDidNotSecureIt() {
        flows.add(new Flow.Outbound(group("reviews-v1"), 9080, RATINGS_HOST, 10, 4, NOW));

        MtlsReport report = report("""
                {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: ratings-old},
                 spec: {address: 10.0.7.7, labels: {app: ratings}}}
                """);
        assertThat(report.calls()).singleElement().satisfies(call -> {
            assertThat(call.plaintext()).isEqualTo(4);
            assertThat(call.reason()).startsWith("1 of its 2 endpoints do not speak mutual TLS: ratings-old");
        });
        assertThat(report.next()).startsWith("have reviews-v1 call " + RATINGS_HOST + " over mutual TLS");
    }

    @Test
    void callsToServicesOutsideOfTheMeshAreNoneOfItsBusiness() {
        flows.add(new Flow.Outbound(group("reviews-v1"), 80, "api.example.com", 10, 10, NOW));

        MtlsReport report = report("""
                {apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: api},
                 spec: {hosts: [api.example.com], location: MESH_EXTERNAL, resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}}
                """);
        assertThat(report.calls()).isEmpty();
    }

    @Test
    void aDryRunThatWouldRefuseSomebodyIsTheLastStep() {
        for (String app :
                List.of("productpage-v1", "details-v1", "reviews-v1", "reviews-v2", "reviews-v3", "ratings-v1")) {
            inbound(app, Flow.Connection.MTLS, PRODUCTPAGE, 1);
        }
        flows.add(new Flow.ShadowDenied(group("ratings-v1"), "ns[default]-policy[viewers]", PRODUCTPAGE, 3, NOW));
        String strict = "{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: default},"
                + " spec: {mtls: {mode: STRICT}}}";

        MtlsReport report = report(strict);
        assertThat(report.clean()).isFalse();
        assertThat(report.next())
                .startsWith("correct ns[default]-policy[viewers], or accept that it refuses " + PRODUCTPAGE);
        flows.remove(flows.size() - 1);
        assertThat(report(strict).next()).startsWith("nothing is left to do");
    }

    private void inbound(String workload, Flow.Connection connection, String source, long requests) {
        flows.add(new Flow.Inbound(group(workload), 9080, connection, source, requests, 0, NOW));
    }

    private static WorkloadGroup group(String workload) {
        int dash = workload.indexOf('-');
        String app = workload.substring(0, dash);
        return new WorkloadGroup(
                "default", "bookinfo-" + app, Map.of("app", app, "version", workload.substring(dash + 1)));
    }

    private MtlsReport report(String... rules) {
        MeshState state = new Translator(RuleSettings.forTrustDomain("inmesh.local"))
                .translate(Config.view(Config.BOOKINFO, String.join("\n---\n", rules)), Workloads.bookinfo(), null);
        return new MtlsCheck(
                        state.rules().peerAuthentications(),
                        state.services(),
                        Workloads.bookinfo().stream()
                                .map(RegisteredWorkloads::workload)
                                .toList())
                .report(flows, NOW, namespace -> true);
    }

    private static MtlsReport.Port port(MtlsReport report, String name) {
        return report.ports().stream()
                .filter(port -> port.workload().name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
