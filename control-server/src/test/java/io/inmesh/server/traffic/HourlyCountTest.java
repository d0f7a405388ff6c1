package io.inmesh.server.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HourlyCountTest {

    private final HourlyCount count = new HourlyCount(1_000);

    @Test
    void aMinuteCountsForAnHourAndNoLonger() {
        count.add(1_000, 5);
        count.add(1_030, 7);

        assertThat(count.sum(1_059)).isEqualTo(12);
        assertThat(count.sum(1_060)).isEqualTo(7);
        assertThat(count.sum(1_090)).isZero();
    }

    @Test
    void aLongSilenceForgetsEverything() {
        count.add(1_000, 5);

        assertThat(count.sum(5_000)).isZero();
        count.add(5_000, 3);
        assertThat(count.sum(5_000)).isEqualTo(3);
    }

    @Test
    void aClockBeforeItsOriginWorksAlike() {
        HourlyCount negative = new HourlyCount(-70);
        negative.add(-70, 1);
        negative.add(-11, 2);

        assertThat(negative.sum(-11)).isEqualTo(3);
        assertThat(negative.sum(-10)).isEqualTo(2);
    }
}
