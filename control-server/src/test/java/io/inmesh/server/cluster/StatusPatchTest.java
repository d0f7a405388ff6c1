package io.inmesh.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.kubernetes.FakeApiServer;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.validate.Shape;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is written into statuses of the cluster, and what is left to others. */
class StatusPatchTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String ISTIO = """
            {"metadata": {"name": "reviews", "namespace": "shop", "generation": 7%s}, "spec": {"hosts": ["reviews"]}%s}""";
    private static final String ROUTE = """
            {"metadata": {"name": "reviews", "namespace": "shop", "generation": 7},
             "spec": {"parentRefs": [{"group": "", "kind": "Service", "name": "reviews"},
                                     {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "front"}]}%s}""";
    private static final String SHOWN = """
            {"status": {"parents": [
              {"parentRef": {"group": "", "kind": "Service", "name": "reviews"}, "controllerName": "inmesh.io/control-server",
               "conditions": [{"type": "Accepted", "status": "True", "reason": "Accepted", "message": "the route is in force",
                               "observedGeneration": 1, "lastTransitionTime": "2026-01-01T00:00:00Z"}]},
              {"parentRef": {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "front"},
               "controllerName": "inmesh.io/control-server", "conditions": []}]}}""";

    @Test
    void whatIsTakenIsAcceptedWithTheGenerationOfTheCluster() {
        ObjectNode status = StatusPatch.of(istio("", ""), good(), NOW).orElseThrow();
        assertThat(status.path("observedGeneration").asLong()).isEqualTo(7);
        JsonNode condition = status.at("/conditions/0");
        assertThat(condition.path("type").asText()).isEqualTo("inmesh.io/Accepted");
        assertThat(condition.path("status").asText()).isEqualTo("True");
        assertThat(condition.path("lastTransitionTime").asText()).isEqualTo(NOW.toString());
        assertThat(status.path("validationMessages")).isEmpty();
    }

    @Test
    void whatSaysTheSameAlreadyIsNotWritten() {
        ObjectNode status = StatusPatch.of(istio("", ""), good(), NOW).orElseThrow();
        ClusterObject written = istio("", ", \"status\": " + status);
        assertThat(StatusPatch.of(written, good(), NOW.plusSeconds(60))).isEmpty();
        status.remove("validationMessages");
        status.put("observedGeneration", "7");
        assertThat(StatusPatch.of(istio("", ", \"status\": " + status), good(), NOW.plusSeconds(60)))
                .isEmpty();
    }

    @Test
    void whatIsNotTakenSaysWhyAndWhetherAnOlderVersionStays() {
        ObjectNode status = StatusPatch.of(istio("", ""), bad(Shape.UNKNOWN_FIELD, true), NOW)
                .orElseThrow();
        assertThat(status.at("/conditions/0/status").asText()).isEqualTo("False");
        assertThat(status.at("/conditions/0/reason").asText()).isEqualTo("UnsupportedValue");
        assertThat(status.at("/conditions/0/message").asText())
                .contains("spec.hots", "is wrong", "write hosts", "IM0022", "the version before stays in force");
        assertThat(status.at("/validationMessages/0/type/code").asText()).isEqualTo("IM0022");
        assertThat(status.at("/validationMessages/0/level").asText()).isEqualTo("ERROR");
    }

    @Test
    void conditionsOfOthersStay() {
        ObjectNode status = StatusPatch.of(
                        istio("", ", \"status\": {\"conditions\": [{\"type\": \"Reconciled\"}]}"), good(), NOW)
                .orElseThrow();
        assertThat(status.path("conditions"))
                .extracting(condition -> condition.path("type").asText())
                .containsExactly("Reconciled", "inmesh.io/Accepted");
    }

    @Test
    void aStatusThatSomebodyElseWritesIsLeftAlone() {
        ClusterObject theirs =
                istio(", \"managedFields\": [{\"manager\": \"pilot-discovery\", \"subresource\": \"status\"}]", "");
        assertThat(StatusPatch.of(theirs, good(), NOW)).isEmpty();
        ClusterObject ours = istio(
                ", \"managedFields\": [{\"manager\": \"inmesh\", \"subresource\": \"status\"}, {\"manager\": \"kubectl\"}]",
                "");
        assertThat(StatusPatch.of(ours, good(), NOW)).isPresent();
    }

    @Test
    void ofARouteOnlyServicesAreOursAndParentsOfOtherControllersStay() {
        ObjectNode status = StatusPatch.of(
                        route(", \"status\": {\"parents\": [{\"controllerName\": \"other.example/one\"}]}"),
                        new Verdict(Optional.empty(), List.of(), FakeApiServer.object(SHOWN)),
                        NOW)
                .orElseThrow();
        assertThat(status.path("parents"))
                .extracting(parent -> parent.path("controllerName").asText())
                .containsExactly("other.example/one", "inmesh.io/control-server");
        assertThat(status.at("/parents/1/parentRef/kind").asText()).isEqualTo("Service");
        assertThat(status.at("/parents/1/conditions/0/observedGeneration").asLong())
                .isEqualTo(7);
        ClusterObject written = route(", \"status\": " + status);
        assertThat(StatusPatch.of(written, new Verdict(Optional.empty(), List.of(), FakeApiServer.object(SHOWN)), NOW))
                .isEmpty();
    }

    @Test
    void whatIsOursIsReplacedWhereItIs() {
        String ours = """
                {"parentRef": {"group": "", "kind": "Service", "name": "reviews"}, "controllerName": "inmesh.io/control-server",
                 "conditions": [{"type": "Accepted", "status": "False"}]}""";
        ObjectNode routes = StatusPatch.of(
                        route(", \"status\": {\"parents\": [" + ours
                                + ", {\"controllerName\": \"other.example/one\"}]}"),
                        new Verdict(Optional.empty(), List.of(), FakeApiServer.object(SHOWN)),
                        NOW)
                .orElseThrow();
        assertThat(routes.path("parents"))
                .extracting(parent -> parent.path("controllerName").asText())
                .containsExactly("inmesh.io/control-server", "other.example/one");
        assertThat(routes.at("/parents/0/conditions/0/status").asText()).isEqualTo("True");
        ObjectNode others = StatusPatch.of(
                        istio(
                                "",
                                ", \"status\": {\"conditions\": [{\"type\": \"inmesh.io/Accepted\"}, {\"type\": \"Reconciled\"}]}"),
                        good(),
                        NOW)
                .orElseThrow();
        assertThat(others.path("conditions"))
                .extracting(condition -> condition.path("type").asText())
                .containsExactly("inmesh.io/Accepted", "Reconciled");
    }

    @Test
    void aRouteThatIsNotTakenSaysSoToItsServices() {
        ObjectNode status =
                StatusPatch.of(route(""), bad(Shape.KEPT_ELSEWHERE, false), NOW).orElseThrow();
        assertThat(status.path("parents")).hasSize(1);
        assertThat(status.at("/parents/0/conditions/0/status").asText()).isEqualTo("False");
        assertThat(status.at("/parents/0/conditions/0/reason").asText()).isEqualTo("Conflicted");
    }

    @Test
    void aRouteWithoutServicesIsNotOurs() {
        ClusterObject gatewayOnly = object(
                "gateway.networking.k8s.io/v1",
                "HTTPRoute",
                "{\"metadata\": {\"name\": \"reviews\", \"namespace\": \"shop\"}, \"spec\": {\"parentRefs\": [{\"name\": \"front\"}]}}");
        assertThat(StatusPatch.of(gatewayOnly, bad(Shape.UNKNOWN_FIELD, false), NOW))
                .isEmpty();
    }

    private static Verdict good() {
        return new Verdict(Optional.empty(), List.of(), FakeApiServer.object("{}"));
    }

    private static Verdict bad(Shape shape, boolean olderStays) {
        ResourceKey key = new ResourceKey("networking.istio.io", "VirtualService", "shop", "reviews");
        Problem problem = shape.error(key, "spec.hots", "is wrong", "write hosts");
        return new Verdict(
                Optional.of(new Refusal(key, olderStays, false, List.of(problem))),
                List.of(),
                FakeApiServer.object("{}"));
    }

    private static ClusterObject istio(String metadata, String more) {
        return object("networking.istio.io/v1", "VirtualService", ISTIO.formatted(metadata, more));
    }

    private static ClusterObject route(String more) {
        return object("gateway.networking.k8s.io/v1", "HTTPRoute", ROUTE.formatted(more));
    }

    private static ClusterObject object(String apiVersion, String kind, String json) {
        return ClusterObject.read(Kinds.of(apiVersion, kind).orElseThrow(), "v1", FakeApiServer.object(json));
    }
}
