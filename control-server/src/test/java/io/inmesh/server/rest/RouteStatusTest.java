package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.gateway.RouteStatuses;
import io.inmesh.server.model.Bodies;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.store.ConfigView;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is reported of a route, and that it is never part of what is stored. */
class RouteStatusTest {
    private static final String SERVICE = "group: '', kind: Service, name: reviews";
    private static final String TO_DETAILS = "[{backendRefs: [{name: details, port: 9080}]}]";

    private final RouteStatuses statuses = new RouteStatuses(
            RuleSettings.forTrustDomain("inmesh.local"),
            List::of,
            Clock.fixed(Instant.parse("2026-05-01T00:00:00Z"), ZoneOffset.UTC));

    /** A parent, rules, and conditions of the parent's status. */
    static Stream<Arguments> routes() {
        return Stream.of(
                Arguments.of(SERVICE, TO_DETAILS, "Accepted=True/Accepted ResolvedRefs=True/ResolvedRefs"),
                Arguments.of(
                        SERVICE + ", port: 9081",
                        TO_DETAILS,
                        "Accepted=False/NoMatchingParent ResolvedRefs=True/ResolvedRefs"),
                Arguments.of(
                        "group: '', kind: Service, name: nobody",
                        TO_DETAILS,
                        "Accepted=False/NoMatchingParent ResolvedRefs=True/ResolvedRefs"),
                Arguments.of(
                        "name: edge", TO_DETAILS, "Accepted=False/UnsupportedValue ResolvedRefs=True/ResolvedRefs"),
                Arguments.of(
                        SERVICE,
                        "[{backendRefs: [{name: nobody, port: 80}]}]",
                        "Accepted=True/Accepted ResolvedRefs=False/BackendNotFound"),
                Arguments.of(
                        SERVICE,
                        "[{backendRefs: [{name: details, port: 80}]}]",
                        "Accepted=True/Accepted ResolvedRefs=False/BackendNotFound"),
                Arguments.of(
                        SERVICE,
                        "[{backendRefs: [{group: example.com, kind: Bucket, name: b}]}]",
                        "Accepted=True/Accepted ResolvedRefs=False/InvalidKind"),
                Arguments.of(
                        SERVICE,
                        "[{backendRefs: [{name: hidden, namespace: vault, port: 80}]}]",
                        "Accepted=True/Accepted ResolvedRefs=False/RefNotPermitted"),
                Arguments.of(
                        SERVICE,
                        "[{backendRefs: [{name: raw, port: 70}]}]",
                        "Accepted=True/Accepted ResolvedRefs=False/UnsupportedProtocol"),
                Arguments.of(
                        SERVICE,
                        "[{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: nobody, port: 80}}}]}]",
                        "Accepted=True/Accepted ResolvedRefs=False/BackendNotFound"),
                Arguments.of(
                        SERVICE,
                        "[{filters: [{type: CORS, cors: {}}]}]",
                        "Accepted=True/Accepted ResolvedRefs=True/ResolvedRefs PartiallyInvalid=True/UnsupportedValue"));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("routes")
    void aParentsConditions(String parent, String rules, String conditions) {
        JsonNode status = shown(route("HTTPRoute", parent, rules)).path("status");

        assertThat(status.path("parents")).hasSize(1);
        assertThat(text(status.path("parents").get(0))).isEqualTo(conditions);
        assertThat(status.at("/parents/0/controllerName").asText()).isEqualTo("inmesh.io/control-server");
    }

    @Test
    void aHttpRouteThatGivesWayToAGrpcRouteIsConflicted() {
        String http = route("HTTPRoute", SERVICE, TO_DETAILS);
        String grpc = route("GRPCRoute", SERVICE, TO_DETAILS);

        JsonNode status = shown(http, grpc).path("status");

        assertThat(text(status.path("parents").get(0))).startsWith("Accepted=False/Conflicted ");
        assertThat(status.at("/parents/0/conditions/0/message").asText())
                .contains("port 9080 of reviews.default.svc.cluster.local to GRPCRoute default/r");
    }

    @Test
    void eachParentIsReportedAsItIsWritten() {
        JsonNode parents = shown(route("HTTPRoute", SERVICE + "}, {name: edge, sectionName: web", TO_DETAILS))
                .at("/status/parents");

        assertThat(parents).hasSize(2);
        assertThat(parents.at("/0/parentRef/name").asText()).isEqualTo("reviews");
        assertThat(parents.at("/1/parentRef").toString()).isEqualTo("{\"name\":\"edge\",\"sectionName\":\"web\"}");
    }

    @Test
    void everyConditionSaysWhichGenerationItIsAbout() {
        ConfigView view = Config.view(route("HTTPRoute", SERVICE, TO_DETAILS));
        Resource first = view.byKind("HTTPRoute").get(0);
        Resource seventh = Bodies.stamped(first, first.uid(), 9, 7, first.creationTimestamp());

        assertThat(statuses.shown(seventh, view).at("/status/parents/0/conditions"))
                .isNotEmpty()
                .allSatisfy(
                        c -> assertThat(c.path("observedGeneration").asLong()).isEqualTo(7));
    }

    @Test
    void aTransitionIsDatedOnceAndTheResourceItselfStaysAsItIs() {
        ConfigView without = Config.view(route("HTTPRoute", SERVICE, TO_DETAILS));
        Resource resource = without.byKind("HTTPRoute").get(0);
        List<Resource> more = new ArrayList<>(Config.view(Config.BOOKINFO).all());
        more.add(resource);
        ConfigView with = new ConfigView(without.revision() + 1000, more);

        String first = accepted(statuses.shown(resource, without));
        String second = accepted(statuses.shown(resource, with));
        String third = accepted(statuses.shown(resource, with));

        assertThat(first)
                .contains("\"status\":\"False\"")
                .contains(resource.creationTimestamp().toString());
        assertThat(second).contains("\"status\":\"True\"").contains("2026-05-01T00:00:00Z");
        assertThat(third).isEqualTo(second);
        assertThat(resource.raw().has("status")).isFalse();
    }

    private static String accepted(JsonNode body) {
        return body.at("/status/parents/0/conditions/0").toString();
    }

    private JsonNode shown(String route, String... others) {
        ConfigView view = Config.view(Config.BOOKINFO, """
                {apiVersion: v1, kind: Service, metadata: {name: hidden, namespace: vault, annotations: {networking.istio.io/exportTo: '.'}}, spec: {ports: [{port: 80, name: http}]}}
                ---
                {apiVersion: v1, kind: Service, metadata: {name: raw}, spec: {ports: [{port: 70, name: tcp}]}}
                """, route, String.join("\n---\n", others));
        Resource resource = Config.resources(route).get(0);
        return statuses.shown(view.get(resource.key()).orElseThrow(), view);
    }

    private static String text(JsonNode parent) {
        List<String> conditions = new ArrayList<>();
        for (JsonNode condition : parent.path("conditions")) {
            conditions.add(condition.path("type").asText() + "="
                    + condition.path("status").asText() + "/"
                    + condition.path("reason").asText());
        }
        return String.join(" ", conditions);
    }

    private static String route(String kind, String parent, String rules) {
        return """
                apiVersion: gateway.networking.k8s.io/v1
                kind: %s
                metadata: {name: r}
                spec: {parentRefs: [{%s}], rules: %s}
                """.formatted(kind, parent, rules);
    }
}
