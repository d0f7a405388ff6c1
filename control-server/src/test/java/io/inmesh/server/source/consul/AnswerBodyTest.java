package io.inmesh.server.source.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that come in parts. */
class AnswerBodyTest {

    /** In parts of so many bytes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void keepsTheFieldsThatAreNamed(int part) {
        String text = """
                [{"Output": "long [{\\"", "Node": "é", "Definition": {"Node": [{"Tags": 1}]}, "Tags": ["a", {"Output": 2}]},
                 {"Exposed": 5, "Node": null}, {},
                 {"Checks": [{"Output": [[]], "Id": 1, "Status": {"a": []}}, {"Output": "x"}, 7], "Node": {"Id": 2}}, 3]""";
        assertThat(read(text, part, 1000))
                .containsExactly(
                        "{\"Node\":\"é\",\"Tags\":[\"a\",{\"Output\":2}]}",
                        "{\"Node\":null}",
                        "{}",
                        "{\"Checks\":[{\"Id\":1,\"Status\":{\"a\":[]}},{},7],\"Node\":{\"Id\":2}}",
                        "3");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void keepsTheNamesOfAnObject(int part) {
        assertThat(read(Question.services(), "{\"b\": [\"a\", [{}]], \"é\": {\"x\": 1}, \"a\": null}", part, 1000))
                .containsExactly("a", "b", "é");
    }

    /** Nothing that is no answer may be taken for one that names nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "7", "\"a\"", "[[]"})
    void whatIsNoObjectNamesNotNothing(String text) {
        assertThatThrownBy(() -> read(Question.services(), text, 1000, 1000)).hasMessageContaining("it is no object");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{'Node': 'n'}|it ends in the middle",
                "[{'Node': no}]|it is no JSON",
                "<html>|it is no JSON",
                "|it ends in the middle",
                "null|it is no array",
                "{}|it is no array",
                "[] []|something comes after its end",
            })
    void saysWhatIsWrong(String text, String problem) {
        String said = text == null ? "" : text;
        assertThatThrownBy(() -> read(said.replace('\'', '"'), 3, 1000)).hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 100_000})
    void tooMuchIsAnErrorThatNamesTheRemedy(int part) {
        String text = "[" + "{\"Node\": \"abcdefghij\"},".repeat(5000) + "{}]";
        assertThatThrownBy(() -> read(text, part, 10_000))
                .hasMessageContaining("longer than 10000 bytes")
                .hasMessageContaining("\"services\"");
    }

    private static List<String> read(String text, int part, int most) {
        Question<List<String>> question = new Question<>(
                "/",
                true,
                Fields.of("Node", "Tags", "Checks/Id", "Checks/Status"),
                Collectors.mapping(JsonNode::toString, Collectors.toList()));
        return read(question, text, part, most);
    }

    private static <T> T read(Question<T> question, String text, int part, int most) {
        BodySubscriber<T> body = AnswerBody.of(question, most);
        body.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {}
        });
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i += part) {
            body.onNext(List.of(ByteBuffer.wrap(bytes, i, Math.min(part, bytes.length - i))));
        }
        body.onComplete();
        return body.getBody().toCompletableFuture().join();
    }
}
