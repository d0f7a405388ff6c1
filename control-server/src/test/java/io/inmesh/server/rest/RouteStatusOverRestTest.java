package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.RestServer;
import io.inmesh.server.fixture.RestServer.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The status of routes as kubectl and {@code meshctl status} read it. */
class RouteStatusOverRestTest {
    private static final String ROUTES = "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes";

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
    void theServersStatusIsShownNeverTheWriters() throws Exception {
        Answer created = server.post(ROUTES, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r}
                spec:
                  parentRefs: [{group: '', kind: Service, name: late}]
                  rules: [{backendRefs: [{name: late, port: 80}]}]
                status: {parents: [{parentRef: {name: made-up}, controllerName: me, conditions: []}]}
                """);
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.text("/status/parents/0/parentRef/name")).isEqualTo("late");
        assertThat(created.text("/status/parents/0/conditions/0/reason")).isEqualTo("NoMatchingParent");
        assertThat(created.text("/status/parents/0/conditions/0/observedGeneration"))
                .isEqualTo("1");
        assertThat(server.get("/inmesh/v1/status").body().path("unenforced").toString())
                .contains("HTTPRoute default/r", "there is no Service default/late");
        String before = created.text("/metadata/resourceVersion");

        server.apply(
                "{apiVersion: v1, kind: Service, metadata: {name: late}, spec: {ports: [{port: 80, name: http}]}}");

        Answer read = server.get(ROUTES + "/r");
        assertThat(read.text("/status/parents/0/conditions/0/status")).isEqualTo("True");
        assertThat(read.text("/status/parents/0/conditions/1/reason")).isEqualTo("ResolvedRefs");
        assertThat(read.text("/metadata/resourceVersion"))
                .as("another resource changed, not this one")
                .isEqualTo(before);
        assertThat(server.get(ROUTES).text("/items/0/status/parents/0/controllerName"))
                .isEqualTo("inmesh.io/control-server");
        assertThat(server.get("/inmesh/v1/status").body().path("unenforced")).isEmpty();
    }
}
