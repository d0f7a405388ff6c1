package io.inmesh.server.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.Workloads;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.Personality;
import io.inmesh.server.translate.Translator;
import io.inmesh.server.translate.TypeUrls;
import io.inmesh.server.validate.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Istio's own files: those of the bookinfo sample are accepted and translate, and its validation vectors are judged as it judges them. */
class IstioFilesTest {
    private static final Path ISTIO = Path.of("../../shared/istio");
    private static final RuleSettings SETTINGS = RuleSettings.forTrustDomain("inmesh.local");

    /** Vectors whose fault a schema sees, not a semantic check. */
    private static final List<String> FOR_THE_SCHEMA = List.of("spec: Required value");

    @TestFactory
    Stream<DynamicTest> theBookinfoFilesAreAcceptedInAnyOrderAndTranslate() throws IOException {
        return Stream.concat(files("bookinfo/networking"), files("bookinfo/gateway-api"))
                .flatMap(file -> Stream.of(
                        DynamicTest.dynamicTest(file.getFileName() + " alone", () -> accepted(Config.read(file), "")),
                        DynamicTest.dynamicTest(
                                file.getFileName() + " after destination-rule-all",
                                () -> accepted(
                                        Config.read(file),
                                        Config.read(ISTIO.resolve("bookinfo/networking/destination-rule-all.yaml"))))));
    }

    @TestFactory
    Stream<DynamicTest> istiosValidVectorsAreAccepted() throws IOException {
        return files("validation")
                .filter(file -> file.toString().endsWith("-valid.yaml"))
                .flatMap(file -> documents(file)
                        .map(text -> DynamicTest.dynamicTest(
                                file.getFileName() + " " + Config.resource(text).key(),
                                () -> assertThat(errors(text)).isEmpty())));
    }

    @TestFactory
    Stream<DynamicTest> istiosInvalidVectorsAreRefused() throws IOException {
        return files("validation")
                .filter(file -> file.toString().endsWith("-invalid.yaml"))
                .flatMap(file -> documents(file)
                        .filter(text -> FOR_THE_SCHEMA.stream().noneMatch(text::contains))
                        .map(text -> DynamicTest.dynamicTest(
                                file.getFileName() + " " + Config.resource(text).key(),
                                () -> assertThat(errors(text)).isNotEmpty())));
    }

    private static void accepted(String yaml, String before) {
        ConfigView view = Config.view(Config.BOOKINFO, before, yaml);
        SemanticValidator validator = new SemanticValidator(SETTINGS);
        for (Resource resource : Config.resources(yaml)) {
            assertThat(validator.validate(resource, view))
                    .filteredOn(p -> p.severity() == Problem.Severity.ERROR)
                    .isEmpty();
        }
        MeshState state = new Translator(SETTINGS).translate(view, Workloads.bookinfo(), null);
        for (Personality personality : Personality.values()) {
            ClientContext client = new ClientContext("default", Map.of(), "default.svc.cluster.local", personality);
            assertThat(state.resourcesFor(client).all(TypeUrls.CLUSTER)).isNotEmpty();
        }
    }

    private static List<Problem> errors(String text) {
        ConfigView view = Config.view(text);
        return new SemanticValidator(SETTINGS)
                .validate(Config.resource(text), view).stream()
                        .filter(p -> p.severity() == Problem.Severity.ERROR)
                        .toList();
    }

    private static Stream<String> documents(Path file) {
        List<String> documents = new ArrayList<>();
        for (String text : Config.read(file).split("(?m)^#?---\\s*$")) {
            if (!Config.resources(text).isEmpty()) {
                documents.add(text);
            }
        }
        return documents.stream();
    }

    private static Stream<Path> files(String folder) throws IOException {
        Path directory = ISTIO.resolve(folder);
        Assumptions.assumeTrue(Files.isDirectory(directory), "Istio's files are not here");
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }
}
