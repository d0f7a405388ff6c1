package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.CodedInputStream;
import io.inmesh.server.fixture.RestServer;
import io.inmesh.server.fixture.RestServer.Answer;
import io.inmesh.server.model.Kinds;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What kubectl asks before it does anything. */
class DiscoveryTest {

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
    void everyKindIsFoundByFollowingTheDocuments() throws Exception {
        for (Kinds.Kind kind : Kinds.all()) {
            for (String version : kind.versions()) {
                String path = kind.group().isEmpty() ? "/api/" + version : "/apis/" + kind.group() + "/" + version;
                Answer resources = server.get(path);
                assertThat(resources.status()).as(path).isEqualTo(200);
                assertThat(resources.text("/kind")).isEqualTo("APIResourceList");
                assertThat(resources.text("/groupVersion"))
                        .isEqualTo(kind.group().isEmpty() ? version : kind.group() + "/" + version);
                assertThat(resources.body().path("resources"))
                        .as(kind.kind() + " in " + path)
                        .anySatisfy(resource -> {
                            assertThat(resource.path("kind").asText()).isEqualTo(kind.kind());
                            assertThat(resource.path("name").asText()).isEqualTo(kind.plural());
                            assertThat(resource.path("namespaced").asBoolean()).isEqualTo(kind.namespaced());
                            assertThat(resource.path("verbs")).isNotEmpty();
                        });
                assertThat(server.get(path + "/" + kind.plural()).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void groupsNameTheirVersionsAndThePreferredOne() throws Exception {
        Answer groups = server.get("/apis");
        assertThat(groups.text("/kind")).isEqualTo("APIGroupList");
        for (JsonNode group : groups.body().path("groups")) {
            String name = group.path("name").asText();
            Answer one = server.get("/apis/" + name);
            assertThat(one.text("/kind")).isEqualTo("APIGroup");
            assertThat(one.body().path("versions")).isEqualTo(group.path("versions"));
            assertThat(server.get("/apis/" + one.text("/preferredVersion/groupVersion"))
                            .status())
                    .isEqualTo(200);
        }
        assertThat(server.get("/api").text("/versions/0")).isEqualTo("v1");
        assertThat(server.get("/apis/unicorns.example").status()).isEqualTo(404);
    }

    @Test
    void theOpenApiDocumentsParse() throws Exception {
        Answer third = server.get("/openapi/v3");
        assertThat(third.status()).isEqualTo(200);
        assertThat(third.body().path("paths").isObject()).isTrue();

        HttpResponse<byte[]> second = server.bytes("/openapi/v2");
        assertThat(second.headers().firstValue("Content-Type").orElse(""))
                // Go's parser of media types takes no @ here, unlike the name Kubernetes registered.
                .doesNotContain("@");
        CodedInputStream in = CodedInputStream.newInstance(second.body());
        assertThat(in.readTag() >>> 3).as("field swagger").isEqualTo(1);
        assertThat(in.readString()).isEqualTo("2.0");
        assertThat(in.isAtEnd()).isTrue();
    }

    @Test
    void theVersionAndHealthAreTold() throws Exception {
        assertThat(server.get("/version").text("/gitVersion")).startsWith("v1.32.0+inmesh");
        assertThat(new String(server.bytes("/readyz").body(), java.nio.charset.StandardCharsets.US_ASCII))
                .matches("ok\nleader: \\S+\n");
    }
}
