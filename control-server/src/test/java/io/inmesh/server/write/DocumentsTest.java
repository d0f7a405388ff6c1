package io.inmesh.server.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** YAML and JSON are read as they are written, or not at all. */
class DocumentsTest {

    @Test
    void aliasesAreFollowed() throws Exception {
        JsonNode body = one("""
                first: &labels {version: v1}
                second: *labels
                list: [*labels, &text plain, *text]
                """);

        assertThat(body.path("second")).isEqualTo(body.path("first"));
        assertThat(body.path("list").toString()).isEqualTo("[{\"version\":\"v1\"},\"plain\",\"plain\"]");
    }

    @Test
    void mergeKeysGiveWhatIsNotSaidAndTheFirstWins() throws Exception {
        JsonNode body = one("""
                a: &a {x: 1, y: 1}
                b: &b {y: 2, z: 2}
                merged: {<<: [*a, *b], x: 0}
                """);

        assertThat(body.path("merged").toString()).isEqualTo("{\"x\":0,\"y\":1,\"z\":2}");
    }

    @Test
    void aliasesThatGrowWithoutEndAreStopped() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(10)));
        }

        assertThatThrownBy(() -> Documents.read(bomb.toString()))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("values once its anchors are followed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: &a {inner: *a}", "a: &a [*a]", "a: &a {<<: *a}"})
    void anAnchorThatContainsItselfIsRefused(String text) {
        assertThatThrownBy(() -> Documents.read(text))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("document 1: line 1 is nested more than 100 levels deep; does an anchor contain");
    }

    @Test
    void mergeKeysThatGrowWithoutEndAreStopped() {
        StringBuilder bomb = new StringBuilder("a0: &a0 {}\n");
        for (int i = 1; i < 9; i++) {
            bomb.append("a%d: &a%d {<<: [%s]}\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(10)));
        }

        assertThatThrownBy(() -> Documents.read(bomb.toString()))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("values once its anchors are followed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "{\"a\":", "- "})
    void aTextOfBracketsOnlyIsRefused(String level) {
        assertThatThrownBy(() -> Documents.read(level.repeat(100_000)))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("document 1, line 1, column")
                .hasMessageContaining("it is nested more than 100 levels deep");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a field twice | kind: Service\\nspec: {a: 1}\\nspec: {b: 2} | line 3 has the field \"spec\" twice; keep one",
                "a nested field twice | spec:\\n  host: a\\n  host: b | line 3 has the field \"host\" twice; keep one",
                "a field twice in JSON | {\"kind\": \"A\",\\n\"kind\": \"B\"} | line 2: Duplicate field 'kind'; keep one",
                "an unclosed list | a: 1\\nkind: [Service | line 2, column",
                "a tab | a:\\n\\tb: 1 | line 2, column 1",
                "an unknown alias | a: *nobody | line 1, column",
                "a tag | a: !!java.util.Date x | line 1 has the tag",
                "no number of JSON's | a: .inf | line 1 has the number .inf, which JSON cannot hold; quote it",
                "a list for a resource | [a, b] | is not a resource but a list",
                "a text for a resource | hello | is not a resource but \"hello\"",
                "a list for a name | ? [a]\\n: b | whose name is no text"
            })
    void whatCannotBeMeantIsRefusedWithItsPlace(String what, String text, String message) {
        assertThatThrownBy(() -> Documents.read(text.replace("\\n", "\n").replace("\\t", "\t")))
                .as(what)
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("document 1")
                .hasMessageContaining(message);
    }

    @Test
    void theMessageNamesTheDocument() {
        assertThatThrownBy(() -> Documents.read("kind: A\n---\nkind: B\n---\nkind: [C\n"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("document 3, line 6");
    }

    @Test
    void whatLooksLikeSomethingElseInOlderYamlStaysAText() throws Exception {
        JsonNode body = one("{a: yes, b: off, c: 1:30, d: 2026-01-01, e: 0o17, f: 017, g: ~, h: true, i: '5', j: 1e3}");

        assertThat(body.toString())
                .isEqualTo("{\"a\":\"yes\",\"b\":\"off\",\"c\":\"1:30\",\"d\":\"2026-01-01\",\"e\":15,\"f\":17,"
                        + "\"g\":null,\"h\":true,\"i\":\"5\",\"j\":1E+3}");
    }

    @Test
    void emptyDocumentsAreLeftOutAndListsAreTakenApart() throws Exception {
        List<Document> documents = Documents.read("""
                # Only a remark.
                ---
                kind: First
                ---
                ---
                apiVersion: v1
                kind: List
                items: [{kind: Second}, {kind: Third}]
                """);

        assertThat(documents)
                .extracting(d -> d.body().path("kind").asText())
                .containsExactly("First", "Second", "Third");
        assertThat(Documents.read("")).isEmpty();
        assertThat(Documents.read("---\n---\n")).isEmpty();
    }

    @Test
    void fieldsRememberTheirLines() throws Exception {
        Document document = Documents.read("""
                # A remark.
                spec:
                  http:
                    - route:
                        - weight: 5
                  labels: {a: b}
                """).get(0);

        assertThat(document.line("spec.http[0].route[0].weight")).hasValue(5);
        assertThat(document.line("spec.http[0].route[0].destination"))
                .as("what is missing is looked for where it belongs")
                .hasValue(5);
        assertThat(document.line("spec.labels[a]")).hasValue(6);
        assertThat(document.line("metadata.name")).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n"})
    void everyDocumentKnowsItsLinesInTheWholeText(String lineBreak) throws Exception {
        List<Document> documents = Documents.read("""
                %YAML 1.2
                # \uD83D\uDE00 takes two characters.
                --- # A remark.
                name: \uD83D\uDE00
                spec: {a: 1}
                --- {name: second,
                  spec: {a: 2}}
                ...
                # Between.
                ---
                kind: List
                items:
                - {name: third}
                - {name: fourth, text: "
                  --- in it"}
                ---
                name: |
                  ---
                spec:
                  a: 5
                """.replace("\n", lineBreak));

        assertThat(documents).hasSize(5);
        assertThat(documents.get(0).line("name")).hasValue(4);
        assertThat(documents.get(0).line("spec.a")).hasValue(5);
        assertThat(documents.get(1).line("name")).hasValue(6);
        assertThat(documents.get(1).line("spec.a")).hasValue(7);
        assertThat(documents.get(2).line("name")).as("where the list is").hasValue(12);
        assertThat(documents.get(3).line("text")).hasValue(12);
        assertThat(documents.get(4).line("spec.a")).hasValue(20);
        assertThat(documents).extracting(Document::number).containsExactly(1, 2, 3, 3, 4);
    }

    /** To look for lines is to read the text once more, which must not happen for every item. */
    @Test
    void allOfAListShareTheirLines() throws Exception {
        List<Document> documents = Documents.read("""
                kind: List
                items:
                - {name: first}
                - {kind: List, items: [{name: second}]}
                - {kind: List, items: [{name: third}, {name: fourth}]}
                """);

        assertThat(documents)
                .hasSize(4)
                .allSatisfy(document ->
                        assertThat(document.lines()).isSameAs(documents.get(0).lines()));
        assertThat(documents.get(3).line("name")).hasValue(2);
    }

    @Test
    void jsonHasNoLines() throws Exception {
        assertThat(Documents.read("{\"a\": 1}").get(0).line("a")).isEmpty();
        assertThat(Documents.read("{\"kind\": \"List\", \"items\": [{\"a\": 1}]}")
                        .get(0)
                        .line("a"))
                .isEmpty();
    }

    @Test
    void flowStyleThatBeginsLikeJsonIsYaml() throws Exception {
        assertThat(one("{kind: Service, spec: {a: [1, 2]}}").path("kind").asText())
                .isEqualTo("Service");
    }

    @Test
    void whatIsTooLargeIsRefused() {
        assertThatThrownBy(() -> Documents.read("# " + "x".repeat(Documents.MAX_CHARACTERS)))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("apply it in parts");
    }

    private static JsonNode one(String yaml) throws UnreadableException {
        List<Document> documents = Documents.read(yaml);
        assertThat(documents).hasSize(1);
        return documents.get(0).body();
    }
}
