package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.FakeTime;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final FakeTime time = new FakeTime();
    private final Admission admission = new Admission(10, time);

    @Test
    void herdIsAdmittedOnePartAfterTheOther() {
        assertThat(admitted(100)).as("two seconds' worth at once").isEqualTo(20);
        time.advance(Duration.ofSeconds(1));
        assertThat(admitted(100)).isEqualTo(10);
        time.advance(Duration.ofMillis(100));
        assertThat(admitted(100)).isEqualTo(1);
    }

    @Test
    void quietTimesDoNotAddUp() {
        time.advance(Duration.ofHours(1));

        assertThat(admitted(100)).isEqualTo(20);
    }

    private long admitted(int asking) {
        return IntStream.range(0, asking).filter(i -> admission.admit()).count();
    }
}
