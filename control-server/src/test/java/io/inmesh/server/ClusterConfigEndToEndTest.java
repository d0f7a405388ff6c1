package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.kubernetes.FakeApiServer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server as it is started for users, with configuration that a Kubernetes cluster keeps. */
class ClusterConfigEndToEndTest {
    private static final String RULES = "/apis/networking.istio.io/v1/destinationrules";
    private static final String OURS = "/apis/networking.istio.io/v1/namespaces/default/destinationrules";

    @TempDir
    private Path folder;

    @Test
    void whatTheClusterHoldsIsServedReadOnlyAndStaysWhileTheClusterIsAway() throws Exception {
        try (FakeApiServer api = new FakeApiServer()) {
            api.installs(RULES);
            api.set(
                    RULES,
                    Map.of(
                            "good",
                            FakeApiServer.object("{\"metadata\": {}, \"spec\": {\"host\": \"reviews\"}}"),
                            "bad",
                            FakeApiServer.object("{\"metadata\": {}, \"spec\": {\"hots\": \"reviews\"}}")));
            String settings = """
                    sources:
                      startWait: 1h
                      kubernetes: [{name: cluster-1, url: "%s", configuration: true}]
                    """.formatted(api.url());
            try (RunningServer server = RunningServer.on(folder, settings)) {
                // It has been read before anybody was let in.
                JsonNode served = server.get(OURS + "/good");
                assertThat(served.at("/metadata/annotations/inmesh.io~1source").asText())
                        .isEqualTo("kubernetes:cluster-1");
                JsonNode status = server.await(
                        "/inmesh/v1/status",
                        now -> now.at("/clusters/0/state").asText().equals("ANSWERING"));
                assertThat(status.at("/clusters/0/objects").asInt()).isEqualTo(2);
                assertThat(status.at("/clusters/0/refused/0/resource").asText())
                        .isEqualTo("DestinationRule default/bad");
                assertThat(server.get("/inmesh/v1/analyze").path("problems"))
                        .anyMatch(problem -> problem.path("resource").asText().contains("bad"));
                assertThat(server.get("/inmesh/v1/resources")
                                .at("/items/0/cluster")
                                .asText())
                        .isEqualTo("cluster-1");
                assertThatThrownBy(() -> server.delete(OURS + "/good"))
                        .hasMessageContaining("is kept by the Kubernetes cluster cluster-1");
                RunningServer.await(() -> api.present(RULES, "good").has("status"));
            }
            api.status(500);
            // What it knows of the configuration it has from its store; of services it knows nothing, which it waits
            // for.
            try (RunningServer server = RunningServer.on(folder, settings.replace("1h", "1s"))) {
                assertThat(server.get(OURS + "/good").at("/spec/host").asText()).isEqualTo("reviews");
                server.await(
                        "/inmesh/v1/status",
                        now -> now.at("/clusters/0/state").asText().equals("FAILING"));
            }
        }
    }
}
