package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DurationOptionTest {

    @ParameterizedTest
    @CsvSource({"86400, 24h", "172800, 2d", "3600, 1h", "5400, 90m", "61, 61s", "0, 0s"})
    void durationsAreWrittenAsTheyAreRead(long seconds, String text) {
        assertThat(DurationOption.text(Duration.ofSeconds(seconds))).isEqualTo(text);
        assertThat(new DurationOption().convert(text)).hasSeconds(seconds);
    }
}
