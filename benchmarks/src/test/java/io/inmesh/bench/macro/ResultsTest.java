package io.inmesh.bench.macro;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.bench.macro.Results.Round;
import io.inmesh.bench.report.Estimate;
import io.inmesh.bench.report.Row;
import io.inmesh.bench.report.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTest {

    private static final Family FAMILY = Family.all().get(0);

    @Test
    void ratiosAreTakenWithinRoundsSoThatBusyRoundsDoNoHarm() {
        Results results = results(1, 0.98, 1000, 100, 5000);

        assertThat(results.ratio(Arm.OKHTTP_MESH, Arm.OKHTTP, Turn.CLOSED_1, Sample::callsPerSecond))
                .isEqualTo(Estimate.exactly(0.98));
    }

    @Test
    void aQuietControlLetsVerdictsStand() {
        List<Row> rows = MacroTable.rows(FAMILY, results(1, 0.98, 1000, 1000));

        assertThat(rows)
                .filteredOn(
                        row -> row.subject().contains("meshed") && row.measure().startsWith("throughput"))
                .hasSize(2)
                .allMatch(row -> row.verdict() == Verdict.MET);
    }

    @Test
    void aControlThatDiffersFromItselfMakesVerdictsVoid() {
        List<Row> rows = MacroTable.rows(FAMILY, results(1.03, 0.98, 1000, 1000));

        assertThat(rows)
                .filteredOn(
                        row -> row.subject().contains("meshed") && row.measure().startsWith("throughput"))
                .hasSize(2)
                .allMatch(row -> row.verdict() == Verdict.VOID);
    }

    private static Results results(double twin, double mesh, int... callsOfRounds) {
        Results results = new Results();
        results.beginFork();
        for (int calls : callsOfRounds) {
            Round round = new Round();
            for (Turn turn : Turn.values()) {
                round.put(Arm.OKHTTP, turn, sample(calls));
                round.put(Arm.OKHTTP_TWIN, turn, sample(calls * twin));
                round.put(Arm.OKHTTP_MESH, turn, sample(calls * mesh));
            }
            results.add(round);
        }
        return results;
    }

    private static Sample sample(double calls) {
        return new Sample(Math.round(calls), 0, 0, 1_000_000_000, 1_000_000, 1_000_000, 7000, 0, 10, 20, 30, 40, 50);
    }
}
