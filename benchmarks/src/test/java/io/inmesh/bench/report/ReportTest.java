package io.inmesh.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final LocalDate DAY = LocalDate.of(2026, 11, 21);
    private static final Report REPORT = new Report(
            "Costs",
            List.of(
                    Row.of("hook", "time", "ns", new Estimate(1480.4, 1400, 1500), Goal.atMost(500)),
                    Row.of("hook", "allocation", "B", Estimate.exactly(200), Goal.atMost(200)),
                    Row.of("meshed", "throughput", "×", new Estimate(0.985, 0.9721, 1), Goal.atLeast(0.97))
                            .asVoid(),
                    Row.of("meshed", "p99", "×", Estimate.exactly(1), Goal.NONE).asVoid()),
            List.of("on loopback"));

    @Test
    void theTableSaysForEveryGoalWhetherItIsMet(@TempDir Path folder) throws IOException {
        String table = REPORT.store(folder, "micro", DAY);

        assertThat(table)
                .contains("| hook | time | 1,480 ns | 1,400 ns … 1,500 ns | ≤ 500 | missed |")
                .contains("| hook | allocation | 200 B | counted | ≤ 200 | met |")
                .contains("| meshed | throughput | 0.985 | 0.972 … 1.000 | ≥ 0.97 | void |")
                .contains("| meshed | p99 | 1.000 | counted |  |  |")
                .contains("- on loopback\n");
        assertThat(Files.readString(folder.resolve("2026-11-21-micro.md"))).isEqualTo(table);
    }

    @Test
    void programsReadTheSame(@TempDir Path folder) throws IOException {
        REPORT.store(folder, "micro", DAY);

        JsonNode json = new ObjectMapper()
                .readTree(folder.resolve("2026-11-21-micro.json").toFile());

        assertThat(json.path("rows").path(2).path("low").asDouble()).isEqualTo(0.9721);
        assertThat(json.path("rows").path(2).path("verdict").asText()).isEqualTo("void");
        assertThat(json.path("machine").path("Cores").asInt()).isPositive();
    }
}
