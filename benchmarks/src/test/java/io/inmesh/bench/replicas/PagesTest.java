package io.inmesh.bench.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PagesTest {

    private static final String WHOLE = "<dd>PublisherA</dd> <small>reviews v2</small>";

    @Test
    void aPageIsWholeIfAllServicesHaveToldTheirPart() {
        assertThat(Pages.flaw(200, WHOLE)).isEmpty();
        assertThat(Pages.flaw(503, WHOLE)).contains("503");
        assertThat(Pages.flaw(200, "<small>reviews v2</small>")).isNotEmpty();
        assertThat(Pages.flaw(200, WHOLE + "<p class=\"error\">Ratings service is currently unavailable</p>"))
                .contains("Ratings");
    }
}
