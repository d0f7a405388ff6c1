package io.inmesh.server.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Surveys every field of every kind, and holds {@code docs/semantics.md} to the result. */
final class SemanticsTest {
    private static final Path DOCUMENT = Path.of("../docs/semantics.md");
    private static final Map<String, Survey> SURVEYS = new LinkedHashMap<>();

    @BeforeAll
    static void survey() {
        SemanticsDocument.kinds().forEach(kind -> SURVEYS.put(kind, Survey.of(kind)));
    }

    @Test
    void everyFieldIsUsedByAFixture() {
        assertThat(fields((kind, field, effect) -> !effect.seen())).isEmpty();
    }

    @Test
    void everyFieldIsDescribed() {
        Descriptions descriptions = Descriptions.read();
        assertThat(fields((kind, field, effect) -> descriptions.of(kind, field).isEmpty()))
                .isEmpty();
    }

    @Test
    void noFieldIsSilentlyIgnored() {
        Descriptions descriptions = Descriptions.read();
        assertThat(fields((kind, field, effect) -> !effect.works()
                        && effect.reports().isEmpty()
                        && !descriptions.of(kind, field).orElse("").matches("(Kubernetes only|Nothing to do): .*")))
                .isEmpty();
    }

    @Test
    void whateverTheLibraryDoesNotDoIsTold() {
        assertThat(fields((kind, field, effect) ->
                        effect.envoy() && !effect.library() && effect.reports().isEmpty()))
                .isEmpty();
    }

    @Test
    void theLibraryTakesWhateverTheServerSends() {
        assertThat(SURVEYS.values().stream().flatMap(survey -> survey.refused().stream()))
                .isEmpty();
    }

    @Test
    void theDocumentSaysWhatTheCodeDoes() throws IOException {
        String now = SemanticsDocument.of(SURVEYS);
        Path fresh =
                Files.writeString(Files.createDirectories(Path.of("target")).resolve("semantics.md"), now);
        assertThat(Files.readString(DOCUMENT))
                .as("%s; if the change is meant, take %s", DOCUMENT, fresh)
                .isEqualTo(now);
    }

    @Test
    void everyFieldThatTheServerCarriesOutIsDescribedOnItsPage() {
        SemanticsDocument.CARRIED_OUT.forEach((kind, page) -> {
            String text = Config.read(DOCUMENT.resolveSibling(page));
            assertThat(KindSchema.of(kind).fields())
                    .isNotEmpty()
                    .allSatisfy(field -> assertThat(text).contains("| `" + field.replaceFirst("^spec\\.", "") + "` |"));
        });
    }

    private interface Question {
        boolean test(String kind, String field, Effect effect);
    }

    private static List<String> fields(Question test) {
        return SURVEYS.entrySet().stream()
                .flatMap(survey -> survey.getValue().effects().entrySet().stream()
                        .filter(effect -> test.test(survey.getKey(), effect.getKey(), effect.getValue()))
                        .map(effect -> survey.getKey() + " " + effect.getKey()))
                .toList();
    }
}
