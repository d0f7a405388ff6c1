package io.inmesh.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors published with xxHash and its ports. */
final class XxHash64Test {

    @ParameterizedTest(name = "\"{0}\" with seed {1}")
    @CsvSource({
        "'', 0, EF46DB3751D8E999",
        "a, 0, D24EC4F1A98C6E5B",
        "abc, 0, 44BC2CF5AD770999",
        "xxhash, 0, 32DD38952C4BC720",
        "xxhash, 20141025, B559B98D844E0635",
        "The quick brown fox jumps over the lazy dog, 0, 0B242D361FDA71BC",
        "Nobody inspects the spammish repetition, 0, FBCEA83C8A378BF1"
    })
    void hashesAsPublished(String text, long seed, String hash) {
        assertThat(XxHash64.hash(text, seed)).isEqualTo(Long.parseUnsignedLong(hash, 16));
    }

    @Test
    void readsNoFurtherThanTold() {
        byte[] input = "The quick brown fox jumps over the lazy dog".getBytes(StandardCharsets.US_ASCII);
        for (int length = 0; length <= input.length; length++) {
            assertThat(XxHash64.hash(input, length, 7))
                    .as("first %s bytes", length)
                    .isEqualTo(XxHash64.hash(Arrays.copyOf(input, length), length, 7));
        }
    }
}
