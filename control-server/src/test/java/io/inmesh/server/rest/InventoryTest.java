package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.fixture.SecuredServer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What services, kinds and resources the REST interface tells of, and to whom. */
class InventoryTest {

    private static final String CONFIGURATION = """
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "till", "namespace": "shop"},
             "spec": {"selector": {"app": "till"}, "ports": [{"port": 80, "name": "http"}]}}
            ---
            {"apiVersion": "networking.istio.io/v1", "kind": "WorkloadEntry",
             "metadata": {"name": "till-1", "namespace": "shop"},
             "spec": {"address": "10.0.0.7", "labels": {"app": "till", "version": "v2"}, "locality": "eu/a"}}
            ---
            {"apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
             "metadata": {"name": "till", "namespace": "shop"}, "spec": {"host": "till"}}
            ---
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "vault", "namespace": "bank"},
             "spec": {"selector": {"app": "vault"}, "ports": [{"port": 80, "name": "grpc"}]}}
            """;

    @TempDir
    private static Path folder;

    private static SecuredServer server;
    private static String viewer;

    @BeforeAll
    static void serve() throws Exception {
        server = new SecuredServer(folder, "", List.of("{token: looker, role: viewer, namespaces: [shop]}"));
        viewer = server.token("looker");
        assertThat(server.answer(HttpRequest.newBuilder(server.uri("/inmesh/v1/apply"))
                                .header("Authorization", "Bearer " + server.root())
                                .header("Content-Type", "application/yaml")
                                .POST(BodyPublishers.ofString(CONFIGURATION)))
                        .status())
                .isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void servicesComeWithWhatIsBehindThem() throws Exception {
        JsonNode services =
                server.get(server.root(), "/inmesh/v1/services").body().path("services");

        assertThat(services.findValuesAsText("host"))
                .containsExactly("till.shop.svc.cluster.local", "vault.bank.svc.cluster.local");
        assertThat(services.at("/0/ports/0/protocol").asText()).isEqualTo("HTTP");
        assertThat(services.at("/1/ports/0/protocol").asText()).isEqualTo("GRPC");
        assertThat(services.at("/0/instances/0/address").asText()).isEqualTo("10.0.0.7");
        assertThat(services.at("/0/instances/0/labels/version").asText()).isEqualTo("v2");
        assertThat(services.at("/0/instances/0/locality").asText()).isEqualTo("eu/a");
        assertThat(services.at("/0/instances/0").has("process"))
                .as("it is not connected")
                .isFalse();
    }

    @Test
    void resourcesComeWithWhatIsWrongWithThem() throws Exception {
        JsonNode items =
                server.get(server.root(), "/inmesh/v1/resources").body().path("items");

        assertThat(items.findValuesAsText("name")).containsExactlyInAnyOrder("till", "till-1", "till", "vault");
        JsonNode rule = byKind(items, "DestinationRule");
        assertThat(rule.path("plural").asText()).isEqualTo("destinationrules");
        assertThat(rule.at("/hosts/0").asText()).isEqualTo("till");
        assertThat(rule.path("resourceVersion").asText()).matches("[0-9]+");
        assertThat(rule.path("problems").isArray()).isTrue();
    }

    @Test
    void kindsComeWithTheirFields() throws Exception {
        JsonNode body = server.get(viewer, "/inmesh/v1/kinds").body();

        JsonNode rule = byKind(body.path("kinds"), "VirtualService");
        assertThat(rule.path("apiVersion").asText()).isEqualTo("networking.istio.io/v1");
        assertThat(rule.at("/schema/http/0/timeout").asText()).isEqualTo("duration");
        assertThat(byKind(body.path("kinds"), "EnvoyFilter").path("enforced").asBoolean(true))
                .isFalse();
        assertThat(body.path("kinds").findValuesAsText("kind")).doesNotContain("Pod", "Namespace");
    }

    @Test
    void metersComeWithWhatTheyMeasure() throws Exception {
        JsonNode meters = server.get(server.root(), "/inmesh/v1/meters").body().path("meters");

        assertThat(meters.findValuesAsText("name"))
                .contains("inmesh.ads.clients")
                .allSatisfy(name -> assertThat(name).startsWith("inmesh."));
        assertThat(meters)
                .allSatisfy(meter -> assertThat(meter.path("value").isNumber()).isTrue());
        assertThat(server.get(viewer, "/inmesh/v1/meters").status())
                .as("they are about all namespaces")
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"services", "resources"})
    void aViewerOfANamespaceSeesThatOne(String what) throws Exception {
        assertThat(server.get(viewer, "/inmesh/v1/" + what).status()).isEqualTo(403);
        assertThat(server.get(viewer, "/inmesh/v1/" + what + "?namespace=bank").status())
                .isEqualTo(403);
        assertThat(server.get(viewer, "/inmesh/v1/" + what + "?namespace=shop")
                        .body()
                        .findValuesAsText("namespace"))
                .isNotEmpty()
                .containsOnly("shop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"services", "resources", "kinds", "meters"})
    void nobodySeesNothing(String what) throws Exception {
        assertThat(server.get(null, "/inmesh/v1/" + what).status()).isEqualTo(401);
    }

    private static JsonNode byKind(JsonNode items, String kind) {
        for (JsonNode item : items) {
            if (item.path("kind").asText().equals(kind)) {
                return item;
            }
        }
        throw new AssertionError("no " + kind + " in " + items);
    }
}
