package io.inmesh.server.lrs;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.FakeTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadReportsTest {
    private static final String REVIEWS = "outbound|9080|v1|reviews.default.svc.cluster.local";
    private static final String RATINGS = "outbound|9080|v1|ratings.default.svc.cluster.local";

    private final FakeTime time = new FakeTime();
    private final LoadReports reports = new LoadReports(time);
    private final LoadReports.Reporter one = new LoadReports.Reporter(new Object(), "default", "productpage");
    private final LoadReports.Reporter two = new LoadReports.Reporter(new Object(), "default", "productpage");

    @Test
    void copiesOfAServiceCountTogether() {
        reports.add(one, List.of(new LoadReports.Counts(REVIEWS, 10, 8, 1, 1)));
        reports.add(two, List.of(new LoadReports.Counts(REVIEWS, 5, 5, 0, 2)));
        reports.add(two, List.of(new LoadReports.Counts(RATINGS, 1, 1, 0, 0)));

        assertThat(reports.lastMinute())
                .containsExactly(
                        new ClusterLoad("default", "productpage", RATINGS, 1, 1, 0, 0),
                        new ClusterLoad("default", "productpage", REVIEWS, 15, 13, 1, 3));
    }

    @Test
    void whatIsUnderWayIsNotAddedUpOverTime() {
        reports.add(one, List.of(new LoadReports.Counts(REVIEWS, 10, 8, 0, 2)));
        time.advance(Duration.ofSeconds(10));
        reports.add(one, List.of(new LoadReports.Counts(REVIEWS, 10, 11, 0, 1)));

        assertThat(reports.lastMinute())
                .containsExactly(new ClusterLoad("default", "productpage", REVIEWS, 20, 19, 0, 1));
    }

    @Test
    void aMinuteLaterItIsForgotten() {
        reports.add(one, List.of(new LoadReports.Counts(REVIEWS, 10, 10, 0, 0)));
        time.advance(LoadReports.WINDOW);
        assertThat(reports.lastMinute()).hasSize(1);
        time.advance(Duration.ofNanos(1));

        assertThat(reports.lastMinute()).isEmpty();
    }

    @Test
    void whoHasGoneHasNothingUnderWay() {
        reports.add(one, List.of(new LoadReports.Counts(REVIEWS, 10, 8, 0, 2)));
        reports.left(one);

        assertThat(reports.lastMinute())
                .containsExactly(new ClusterLoad("default", "productpage", REVIEWS, 10, 8, 0, 0));
    }
}
