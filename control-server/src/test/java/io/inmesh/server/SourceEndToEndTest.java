package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server as it is started for users, with another registry beside its configuration. */
class SourceEndToEndTest {
    private static final String SETTINGS = """
            sources:
              file: [{name: legacy, path: services.yaml}]
            """;

    @TempDir
    private Path folder;

    @Test
    void rulesApplyToServicesOfOtherRegistriesAndTheirEndpointsSayWhereTheyAreFrom() throws Exception {
        offer("""
                services:
                - name: reviews
                  ports: [{number: 9080}]
                  endpoints: [{address: 10.1.0.1, labels: {version: v1}}]
                """);
        try (RunningServer server = RunningServer.on(folder, SETTINGS)) {
            JsonNode services = server.get("/inmesh/v1/services").path("services");
            assertThat(services).hasSize(1);
            assertThat(services.get(0).path("host").asText()).isEqualTo("reviews.default.svc.cluster.local");
            JsonNode instance = services.get(0).path("instances").get(0);
            assertThat(instance.path("address").asText()).isEqualTo("10.1.0.1");
            assertThat(instance.at("/origin/source").asText()).isEqualTo("legacy");
            assertThat(instance.at("/origin/vanished").asBoolean(true)).isFalse();
            assertThat(instance.at("/origin/confirmed").asText()).isNotEmpty();

            JsonNode written = server.post("/apis/networking.istio.io/v1/namespaces/default/virtualservices", """
                    {"metadata": {"name": "reviews"}, "spec": {"hosts": ["reviews"], "http": [
                      {"route": [{"destination": {"host": "reviews"}}]}]}}""");
            assertThat(written.path("kind").asText()).isEqualTo("VirtualService");
            JsonNode status = server.get("/inmesh/v1/status");
            assertThat(status.at("/sources/0/state").asText()).isEqualTo("ANSWERING");
            assertThat(status.at("/sources/0/endpoints").asInt()).isEqualTo(1);
        }
    }

    @Test
    void aServerThatStartsWithoutItsRegistryServesWhatItKnewAndSaysSo() throws Exception {
        offer("""
                services:
                - name: reviews
                  ports: [{number: 9080}]
                  endpoints: [{address: 10.1.0.1}]
                """);
        try (RunningServer server = RunningServer.on(folder, SETTINGS)) {
            assertThat(server.get("/inmesh/v1/services").path("services")).hasSize(1);
        }
        Files.delete(folder.resolve("services.yaml"));
        try (RunningServer server = RunningServer.on(folder, SETTINGS)) {
            JsonNode instance = server.get("/inmesh/v1/services").at("/services/0/instances/0");
            assertThat(instance.path("address").asText()).isEqualTo("10.1.0.1");
            assertThat(instance.path("origin").has("confirmed")).isFalse();
            JsonNode failing = server.await(
                    "/inmesh/v1/status",
                    status -> status.at("/sources/0/state").asText().equals("FAILING"));
            assertThat(failing.at("/sources/0/problem").asText()).contains("services.yaml");
        }
    }

    private void offer(String services) throws Exception {
        Files.writeString(folder.resolve("services.yaml"), services);
    }
}
