package io.inmesh.bench.macro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.inmesh.bench.report.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That all the processes of a run start, find each other and call each other. What they measure here means nothing. */
class MacroSmokeTest {

    private static final Path JAR = Path.of("..", "control-server", "target", "control-server.jar");

    @Test
    void bareAndMeshedClientsCallTheSameBackendOverMutualTls() throws Exception {
        assumeTrue(Files.exists(JAR), "the control server is packaged before these tests only by verify and package");
        Family family = Family.all().stream()
                .filter(each -> each.service().equals(Deployment.SECURE))
                .findFirst()
                .orElseThrow();

        Report report = Macro.run(JAR.toAbsolutePath(), Plan.SMOKE, List.of(family));

        assertThat(report.rows()).hasSize(16).allMatch(row -> row.estimate().value() > 0);
        assertThat(report.notes()).anyMatch(note -> note.contains(" 0 calls failed"));
    }
}
