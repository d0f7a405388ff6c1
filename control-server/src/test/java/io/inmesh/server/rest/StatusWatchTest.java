package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.fixture.RestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches tell of another status of a resource, though the resource is the same. Each test has a namespace of its own. */
class StatusWatchTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path data;

    private static RestServer server;

    @BeforeAll
    static void serve() throws Exception {
        server = new RestServer(data.resolve("data"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aRouteThatFindsItsServiceIsToldOfOnceWithItsOwnVersion() throws Exception {
        route("whole", "r");
        route("whole", "other");
        try (BufferedReader events = watch("whole", "")) {
            JsonNode added = next(events);
            JsonNode second = next(events);
            assertThat(added.path("type").asText()).isEqualTo("ADDED");
            assertThat(second.path("type").asText()).isEqualTo("ADDED");
            service("whole", "r");

            JsonNode changed = next(events);

            assertThat(changed.path("type").asText()).isEqualTo("MODIFIED");
            assertThat(changed.at("/object/metadata/name").asText()).isEqualTo("r");
            assertThat(reason(changed)).isEqualTo("Accepted");
            service("whole", "other");
            assertThat(next(events).at("/object/metadata/name").asText()).isEqualTo("other");
        }
    }

    @Test
    void aWatchFromAListTellsOfAStatusThatChangedBetween() throws Exception {
        route("between", "r");
        String revision = server.get(routes("between")).text("/metadata/resourceVersion");
        service("between", "r");
        try (BufferedReader events = watch("between", "&resourceVersion=" + revision)) {
            JsonNode changed = next(events);

            assertThat(changed.path("type").asText()).isEqualTo("MODIFIED");
            assertThat(reason(changed)).isEqualTo("Accepted");
        }
    }

    @Test
    void aChangeOfTheResourceAndItsStatusIsOneEvent() throws Exception {
        service("one", "late");
        route("one", "r");
        try (BufferedReader events = watch("one", "")) {
            assertThat(reason(next(events))).isNotEqualTo("Accepted");
            server.apply(route("one", "r", "late"));
            JsonNode changed = next(events);
            assertThat(reason(changed)).isEqualTo("Accepted");
            server.apply(route("one", "r", "gone"));

            assertThat(reason(next(events)))
                    .as("the next event is of the next change")
                    .isNotEqualTo("Accepted");
        }
    }

    @Test
    void tablesHaveTheStatus() throws Exception {
        route("table", "r");
        String accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
        assertThat(server.get(routes("table"), "Accept", accept).text("/rows/0/cells/2"))
                .contains("NoMatchingParent");
        service("table", "r");
        assertThat(server.get(routes("table") + "/r", "Accept", accept).text("/rows/0/cells/2"))
                .isEqualTo("Accepted");
    }

    private static void route(String namespace, String name) throws Exception {
        assertThat(server.apply(route(namespace, name, name)).status()).isEqualTo(200);
    }

    private static String route(String namespace, String name, String service) {
        return """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: %s, namespace: %s}
                spec:
                  parentRefs: [{group: '', kind: Service, name: %s}]
                  rules: [{backendRefs: [{name: %s, port: 80}]}]
                """.formatted(name, namespace, service, service);
    }

    private static void service(String namespace, String name) throws Exception {
        assertThat(server.apply(
                                "{apiVersion: v1, kind: Service, metadata: {name: %s, namespace: %s}, spec: {ports: [{port: 80, name: http}]}}"
                                        .formatted(name, namespace))
                        .status())
                .isEqualTo(200);
    }

    private static String routes(String namespace) {
        return "/apis/gateway.networking.k8s.io/v1/namespaces/" + namespace + "/httproutes";
    }

    private static BufferedReader watch(String namespace, String query) throws Exception {
        return new BufferedReader(new InputStreamReader(
                server.stream(routes(namespace) + "?watch=true" + query), StandardCharsets.UTF_8));
    }

    private static JsonNode next(BufferedReader events) throws IOException {
        return JSON.readTree(String.valueOf(events.readLine()));
    }

    private static String reason(JsonNode event) {
        return event.at("/object/status/parents/0/conditions/0/reason").asText();
    }
}
