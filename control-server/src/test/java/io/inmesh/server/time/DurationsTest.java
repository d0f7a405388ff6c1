package io.inmesh.server.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @ValueSource(strings = {"0s", "20s", "90m", "24h", "87600h", "61s", "0.1s", "1.000000001s"})
    void aDurationIsWrittenAsItIsRead(String text) {
        assertThat(Durations.text(Durations.parse(text).orElseThrow())).isEqualTo(text);
    }
}
