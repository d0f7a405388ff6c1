package io.inmesh.server.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.inmesh.server.model.Kinds.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the definitions that are delivered for Kubernetes to what the server takes. */
class CustomResourcesTest {
    private static final String CHART = "deploy/helm/inmesh/crds";
    private static final String KUSTOMIZE = "deploy/kustomize/crds";

    static Stream<Kind> kinds() {
        return CustomResources.kinds().stream();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theDefinitionIsWhatTheServerTakes(Kind kind) throws IOException {
        String now = CustomResources.file(kind);
        String name = kind.plural() + ".yaml";
        Path fresh = Files.writeString(
                Files.createDirectories(Path.of("target/crds")).resolve(name), now);
        for (String folder : List.of(CHART, KUSTOMIZE)) {
            Path delivered = Path.of(folder, name);
            assertThat(Files.readString(delivered))
                    .as("%s; if the change is meant, take %s", delivered, fresh)
                    .isEqualTo(now);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {CHART, KUSTOMIZE})
    void everyKindHasOneAndThereAreNoOthers(String folder) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> !name.equals("kustomization.yaml")))
                    .containsExactlyInAnyOrderElementsOf(
                            kinds().map(kind -> kind.plural() + ".yaml").toList());
        }
    }

    @Test
    void kustomizeAppliesAll() throws IOException {
        JsonNode file = new YAMLMapper()
                .readTree(Path.of(KUSTOMIZE, "kustomization.yaml").toFile());
        assertThat(file.path("resources"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrderElementsOf(
                        kinds().map(kind -> kind.plural() + ".yaml").toList());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyFieldThatHoldsAValueIsDescribed(Kind kind) throws IOException {
        JsonNode version = new YAMLMapper().readTree(CustomResources.file(kind)).at("/spec/versions/0");
        assertThat(undescribed("spec", version.at("/schema/openAPIV3Schema/properties/spec")))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void fieldsThatAreMisspeltReachTheServer(Kind kind) throws IOException {
        JsonNode version = new YAMLMapper().readTree(CustomResources.file(kind)).at("/spec/versions/0");
        JsonNode spec = version.at("/schema/openAPIV3Schema/properties/spec");
        assertThat(spec.findParents("properties"))
                .contains(spec)
                .allSatisfy(object -> assertThat(object.path("x-kubernetes-preserve-unknown-fields")
                                .asBoolean())
                        .isTrue());
    }

    private static List<String> undescribed(String path, JsonNode schema) {
        return schema.path("properties").properties().stream()
                .flatMap(member -> {
                    String below = path + "." + member.getKey();
                    JsonNode value = member.getValue();
                    JsonNode inner = value.has("items")
                            ? value.get("items")
                            : value.has("additionalProperties") ? value.get("additionalProperties") : value;
                    if (inner.has("properties")) {
                        return undescribed(below, inner).stream();
                    }
                    boolean empty = inner.path("type").asText().equals("object");
                    return value.has("description") || empty ? Stream.empty() : Stream.of(below);
                })
                .toList();
    }
}
