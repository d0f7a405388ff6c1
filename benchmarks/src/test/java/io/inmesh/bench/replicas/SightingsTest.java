package io.inmesh.bench.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SightingsTest {

    private final Sightings sightings = new Sightings(2);

    @Test
    void aChangeIsEverywhereWhenTheLastProcessHasItOrALaterOne() {
        sightings.sees(0, 1, 10);
        assertThat(sightings.everywhere(1)).isNull();

        sightings.sees(1, 2, 20);
        assertThat(sightings.everywhere(1)).isEqualTo(20);
        assertThat(sightings.everywhere(2)).isNull();
        assertThat(sightings.oldest()).isEqualTo(1);

        sightings.sees(0, 3, 30);
        assertThat(sightings.everywhere(2)).isEqualTo(30);
    }

    @Test
    void aProcessThatGoesBackIsCountedAndTakesNothingBack() {
        sightings.sees(0, 2, 10);
        sightings.sees(0, 1, 20);
        sightings.sees(1, 2, 30);

        assertThat(sightings.stepsBack()).isEqualTo(1);
        assertThat(sightings.everywhere(2)).isEqualTo(30);
    }
}
