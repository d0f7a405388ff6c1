package io.inmesh.server.source.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Flow;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThinBodyTest {

    /** In parts of so many bytes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void keepsTheFieldsThatAreNamed(int part) {
        String text = """
                [{"Output": "long [{\\"", "Node": "é", "Definition": {"Node": [{"Tags": 1}]}, "Tags": ["a", {"Output": 2}]},
                 {"Exposed": 5, "Node": null}, {}]""";
        assertThat(read(text, part, 1000))
                .isEqualTo("[{\"Node\":\"é\",\"Tags\":[\"a\",{\"Output\":2}]},{\"Node\":null},{}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{'Node': 'n'}|it",
                "[{'Node': no}]|it is no JSON",
                "<html>|it is no JSON",
            })
    void saysWhatIsWrong(String text, String problem) {
        assertThatThrownBy(() -> read(text.replace('\'', '"'), 3, 1000)).hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 100_000})
    void tooMuchIsAnErrorThatNamesTheRemedy(int part) {
        String text = "[" + "{\"Node\": \"abcdefghij\"},".repeat(5000) + "{}]";
        assertThatThrownBy(() -> read(text, part, 10_000))
                .hasMessageContaining("longer than 10000 bytes")
                .hasMessageContaining("\"services\"");
    }

    private static String read(String text, int part, int most) {
        BodySubscriber<byte[]> body = ThinBody.of(Set.of("Node", "Tags"), most);
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
        return new String(body.getBody().toCompletableFuture().join(), StandardCharsets.UTF_8);
    }
}
