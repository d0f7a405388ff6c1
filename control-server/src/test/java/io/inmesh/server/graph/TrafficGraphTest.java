package io.inmesh.server.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.server.fixture.FakeTime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TrafficGraphTest {

    private static final Duration STEP = Duration.ofSeconds(10);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final FakeTime time = new FakeTime();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TrafficGraph graph = new TrafficGraph(time, time, meters);

    @Test
    void reportsOfSeveralProcessesAddUp() {
        graph.add(edge("reviews"), ok(3), STEP);
        graph.add(edge("reviews"), ok(4), STEP);
        assertThat(total(MINUTE)).isEqualTo(7);
    }

    @Test
    void aWindowHoldsItsOwnStepsAndNoOlderOnes() {
        for (int i = 0; i < 60; i++) {
            graph.add(edge("reviews"), ok(1), STEP);
            time.advance(STEP);
        }
        assertThat(total(STEP))
                .as("the step before the one that has just begun")
                .isEqualTo(1);
        assertThat(total(MINUTE)).isEqualTo(6);
        assertThat(total(Duration.ofMinutes(5))).isEqualTo(30);
        assertThat(total(Duration.ofMinutes(6))).isEqualTo(36);
        assertThat(total(HOUR)).isEqualTo(60);
    }

    @Test
    void countsThatWereOnTheirWayForLongAreInTheStepThatTheyAreAbout() {
        time.advance(Duration.ofMinutes(10));
        graph.add(edge("reviews"), ok(6), new Period(STEP.multipliedBy(2), Duration.ofMinutes(2)));
        graph.add(edge("reviews"), ok(1), new Period(STEP, Duration.ofMinutes(-2)));

        assertThat(total(MINUTE)).isEqualTo(1);
        assertThat(total(Duration.ofMinutes(2))).isEqualTo(1 + 3);
        assertThat(total(Duration.ofMinutes(3))).isEqualTo(1 + 6);
        graph.add(edge("reviews"), ok(9), new Period(STEP, Duration.ofMinutes(11)));
        assertThat(total(HOUR))
                .as("what was before the server began is left out")
                .isEqualTo(7);
    }

    @Test
    void ratesAreByTheTimeLookedAtNotByTheWindow() {
        time.advance(Duration.ofSeconds(20));
        assertThat(graph.read(HOUR, all -> true).seconds())
                .as("more is not known than since the start")
                .isCloseTo(20, within(0.001));
        time.advance(Duration.ofMinutes(30));
        assertThat(graph.read(MINUTE, all -> true).seconds()).isBetween(60.0, 70.0);
        time.advance(HOUR);
        assertThat(graph.read(HOUR, all -> true).seconds()).isBetween(3600.0, 3660.0);
    }

    @Test
    void whatIsOlderThanAnHourIsForgotten() {
        graph.add(edge("reviews"), ok(5), STEP);
        time.advance(Duration.ofMinutes(59));
        assertThat(total(HOUR)).isEqualTo(5);
        time.advance(Duration.ofMinutes(3));
        assertThat(total(HOUR)).isZero();
        assertThat(meters.get("inmesh.graph.series").gauge().value()).isZero();
    }

    @Test
    void aSeriesThatWasQuietForHoursDoesNotShowOldCountsAgain() {
        for (int i = 0; i < 400; i++) {
            graph.add(edge("reviews"), ok(1), STEP);
            time.advance(STEP);
        }
        time.advance(HOUR.multipliedBy(3));
        graph.add(edge("reviews"), ok(1), STEP);
        assertThat(total(HOUR)).isEqualTo(1);
        assertThat(total(Duration.ofMinutes(5))).isEqualTo(1);
    }

    @Test
    void aReportAboutALongTimeIsSpreadOverIt() {
        time.advance(HOUR);
        graph.add(edge("reviews"), ok(1200), Duration.ofMinutes(20));
        assertThat(total(MINUTE)).isEqualTo(70);
        assertThat(total(Duration.ofMinutes(5))).isEqualTo(310);
        assertThat(total(HOUR)).isEqualTo(1200);
    }

    @Test
    void whatHappenedBeforeTheServerBeganIsLeftOutRatherThanSqueezedIn() {
        time.advance(Duration.ofSeconds(30));
        graph.add(edge("reviews"), ok(600), Duration.ofMinutes(10));
        assertThat(total(HOUR)).isEqualTo(40);
        assertThat(graph.since()).isEqualTo(time.instant().minusSeconds(30));
    }

    @Test
    void periodsThatCannotBeAreReadAsOneStepOrAsAnHour() {
        time.advance(HOUR.multipliedBy(2));
        graph.add(edge("reviews"), ok(720), Duration.ZERO);
        assertThat(total(STEP)).isEqualTo(720);
        graph.add(edge("ratings"), ok(720), Duration.ofDays(9));
        assertThat(total(HOUR)).isEqualTo(1440);
    }

    @Test
    void aSeriesOfPointsCoversTheWindowWithoutGaps() {
        time.advance(HOUR);
        for (int i = 0; i < 12; i++) {
            graph.add(edge("reviews"), ok(i), STEP);
            time.advance(STEP);
        }
        List<TrafficGraph.Point> points = graph.series(Duration.ofMinutes(2), all -> true);
        assertThat(points)
                .extracting(point -> point.figures().calls().good())
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 0L);
        assertThat(points.get(0).time().plus(STEP)).isEqualTo(points.get(1).time());
        assertThat(graph.series(HOUR, all -> true)).hasSize(61);
    }

    @Test
    void quantilesOfMergedReportsAreAtMostAnEighthOff() {
        Random random = new Random(9);
        long[] millis = new long[20_000];
        for (int i = 0; i < millis.length; i++) {
            millis[i] = Math.round(Math.exp(random.nextGaussian() * 1.5 + 3)) + 1;
            graph.add(edge("reviews"), counts("once.ok." + millis[i] * 1_000_000, 1), STEP);
            if (i % 100 == 0) {
                time.advance(Duration.ofSeconds(1));
            }
        }
        Arrays.sort(millis);
        Figures.Results calls = figures(Duration.ofMinutes(5)).calls();
        assertThat(calls.p50()).isCloseTo(millis[9_999], within(millis[9_999] * 0.125));
        assertThat(calls.p95()).isCloseTo(millis[18_999], within(millis[18_999] * 0.125));
        assertThat(calls.p99()).isCloseTo(millis[19_799], within(millis[19_799] * 0.125));
    }

    @Test
    void millionsOfNamesOfOneIdentityTakeNoMoreThanItsShare() {
        graph.add(edge("honest"), ok(1), STEP);
        for (int i = 0; i < 20_000; i++) {
            graph.add(new Subject.PassedThrough(reporter("evil", "v" + i), "host-" + i), ok(1), STEP);
        }
        assertThat(meters.get("inmesh.graph.series").gauge().value())
                .isLessThanOrEqualTo(TrafficGraph.MAX_OF_IDENTITY + 2);
        assertThat(meters.counter("inmesh.graph.series.folded").count()).isPositive();
        assertThat(meters.counter("inmesh.graph.series.evicted").count()).isZero();
        assertThat(graph.read(MINUTE, subject -> subject.equals(edge("honest"))).entries())
                .hasSize(1);
        assertThat(total(MINUTE)).as("nothing is lost").isEqualTo(20_001);
    }

    @Test
    void beyondTheBoundTheSeriesAddedToLongestAgoMakesRoom() {
        for (int i = 0; i <= TrafficGraph.MAX_SERIES; i++) {
            graph.add(new Subject.PassedThrough(reporter("sa" + i % 1000, "v1"), "host-" + i), ok(1), STEP);
        }
        assertThat(meters.get("inmesh.graph.series").gauge().value()).isEqualTo(TrafficGraph.MAX_SERIES);
        assertThat(meters.counter("inmesh.graph.series.evicted").count()).isEqualTo(1);
        assertThat(graph.read(MINUTE, all -> true).entries())
                .noneMatch(entry ->
                        ((Subject.PassedThrough) entry.subject()).host().equals("host-0"));
    }

    @Test
    void fewNamesWithManyCountsOfOneIdentityTakeNoMoreThanItsShareEither() {
        SimpleMeterRegistry own = new SimpleMeterRegistry();
        TrafficGraph small = new TrafficGraph(time, time, own, 1_000_000, 20_000);
        small.add(edge("honest"), ok(1), STEP);
        for (int step = 0; step < 50; step++) {
            for (int i = 0; i < 20; i++) {
                small.add(new Subject.PassedThrough(reporter("evil", "v1"), "host-" + i), everyCell(), STEP);
            }
            time.advance(STEP);
        }
        // What is counted as one can be large once.
        long one = 92L * everyCell().length;
        assertThat(own.get("inmesh.graph.bytes").gauge().value())
                .isLessThan(20_000 + 20 * 2L * everyCell().length + 3 * one);
        assertThat(own.counter("inmesh.graph.series.folded").count()).isPositive();
        assertThat(small.read(HOUR, subject -> subject.equals(edge("honest"))).entries())
                .hasSize(1);
        time.advance(HOUR.multipliedBy(2));
        assertThat(small.read(HOUR, all -> true).entries()).isEmpty();
        assertThat(own.get("inmesh.graph.bytes").gauge().value()).isZero();
    }

    @Test
    void beyondTheBoundOfBytesTheSeriesAddedToLongestAgoMakesRoom() {
        SimpleMeterRegistry own = new SimpleMeterRegistry();
        long most = 10L * everyCell().length;
        TrafficGraph small = new TrafficGraph(time, time, own, most, most);
        for (int i = 0; i < 50; i++) {
            small.add(new Subject.PassedThrough(reporter("sa" + i, "v1"), "host-" + i), everyCell(), STEP);
        }
        assertThat(own.get("inmesh.graph.bytes").gauge().value()).isPositive().isLessThanOrEqualTo(most);
        assertThat(own.counter("inmesh.graph.series.evicted").count()).isPositive();
        assertThat(small.read(MINUTE, all -> true).entries())
                .anyMatch(entry ->
                        ((Subject.PassedThrough) entry.subject()).host().equals("host-49"));
    }

    private static byte[] everyCell() {
        long[] dense = new long[Cells.COUNT];
        Arrays.fill(dense, 1L << 40);
        return Packed.of(dense);
    }

    private long total(Duration window) {
        return figures(window).attempts().total();
    }

    private Figures figures(Duration window) {
        byte[] sum = Packed.EMPTY;
        for (Reading.Entry entry : graph.read(window, all -> true).entries()) {
            sum = Packed.sum(sum, entry.counts());
        }
        return Figures.of(sum);
    }

    private static Subject edge(String host) {
        return new Subject.Calls(
                reporter("productpage", "v1"), host, 9080, "", "default", WorkloadVersion.NOBODY, true, false);
    }

    private static Subject.Reporter reporter(String account, String version) {
        return new Subject.Reporter("default", account, new WorkloadVersion("default", account, version));
    }

    static byte[] ok(long count) {
        return counts("once.ok.1000000", count);
    }

    static byte[] counts(String metric, long count) {
        TreeMap<Integer, Long> counts = new TreeMap<>();
        counts.put(Cells.parse(metric).orElseThrow(), count);
        return Packed.of(counts);
    }
}
