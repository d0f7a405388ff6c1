package io.inmesh.server.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which port of a workload is meant. */
final class WorkloadTest {
    @ParameterizedTest
    @CsvSource({"'', 80", "8080, 8080", "http, 18080", "80, 80"})
    void aTargetPortIsANumberOrAName(String target, int expected) {
        assertThat(workload().portFor(port(target))).hasValue(expected);
    }

    /** One that a store has from before must not end the making of everybody's resources. */
    @ParameterizedTest
    @CsvSource({"99999999999", "99999", "0", "-1", "metrics"})
    void whatIsNoPortIsNone(String target) {
        assertThat(workload().portFor(port(target))).isEmpty();
    }

    private static ServicePort port(String target) {
        return new ServicePort(80, "web", Protocol.choose("", "web", "TCP"), target);
    }

    private static Workload workload() {
        return new Workload(
                "default",
                "reviews",
                "reviews-1",
                Map.of(),
                "10.0.0.1",
                Map.of("http", 18080),
                Locality.UNKNOWN,
                1,
                "",
                Health.HEALTHY,
                true);
    }
}
