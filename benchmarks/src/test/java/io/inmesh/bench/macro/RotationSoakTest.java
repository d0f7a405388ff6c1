package io.inmesh.bench.macro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The soak in short: one root replaced, a few calls. What it measures here means nothing; that nothing fails does. */
class RotationSoakTest {

    private static final Path JAR = Path.of("..", "control-server", "target", "control-server.jar");

    @Test
    void noCallFailsWhileTheRootIsReplacedAndTheOldOneIsGoodForNothing() throws Exception {
        assumeTrue(Files.exists(JAR), "the control server is packaged before these tests only by verify and package");

        RotationSoak.Report report = RotationSoak.run(JAR.toAbsolutePath(), 20, 30, 1);

        assertThat(report.client().http().errors()).as("failed calls by HTTP").isZero();
        assertThat(report.client().grpc().errors()).as("failed calls by gRPC").isZero();
        assertThat(report.client().http().calls()).isPositive();
        assertThat(report.client().grpc().calls()).isPositive();
        assertThat(report.client().leaves()).isGreaterThan(1);
        assertThat(report.server().leaves()).isGreaterThan(1);
        assertThat(report.client().stream().ends()).allMatch("UNAVAILABLE"::equals);
        assertThat(report.proofs()).filteredOn(RotationClient.Proof::made).allSatisfy(proof -> {
            assertThat(proof.asCaller()).isEqualTo("refused");
            assertThat(proof.asServer()).isEqualTo("refused");
        });
    }
}
