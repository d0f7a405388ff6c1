package io.inmesh.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OrcaTextTest {

    @Test
    void aReportIsWrittenAsEnvoyReadsIt() {
        assertThat(OrcaText.write(new ServerLoad(3, 12_500_000, 0.75)))
                .isEqualTo("TEXT named_metrics.rif=3,named_metrics.service_time_seconds=0.0125,"
                        + "application_utilization=0.75");
        assertThat(OrcaText.write(ServerLoad.of(0, ServerLoad.UNKNOWN))).isEqualTo("TEXT named_metrics.rif=0");
    }

    @ParameterizedTest
    @CsvSource({"0, 0, -1", "7, 1, -1", "123456, 60000000000, 1.25", "1, 333333333, 0"})
    void whatIsWrittenIsRead(int requests, long nanos, double utilization) {
        ServerLoad load = new ServerLoad(requests, nanos, utilization);
        assertThat(OrcaText.read(OrcaText.write(load))).isEqualTo(load);
    }

    @Test
    void figuresOfOthersAreLeftAside() {
        assertThat(OrcaText.read("TEXT cpu_utilization=0.3,named_metrics.rif = 2 ,utilization.disk=0.9"))
                .isEqualTo(ServerLoad.of(2, ServerLoad.UNKNOWN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "TEXT",
                "TEXT ",
                "TEXT rif",
                "TEXT named_metrics.rif=-1",
                "TEXT named_metrics.rif=NaN",
                "TEXT named_metrics.rif=Infinity",
                "TEXT named_metrics.rif=1e999",
                "TEXT named_metrics.rif=3,application_utilization=Infinity",
                "TEXT named_metrics.rif=3,application_utilization=NaN",
                "TEXT named_metrics.rif=3,application_utilization=-1",
                "TEXT named_metrics.rif=3,named_metrics.service_time_seconds=Infinity",
                "TEXT named_metrics.rif=3,named_metrics.service_time_seconds=NaN",
                "TEXT named_metrics.rif=3,named_metrics.service_time_seconds=-0.1",
                "TEXT cpu_utilization=0.5",
                "JSON {\"cpu_utilization\": 0.5}",
                "BIN CAM="
            })
    void whatCannotBeIsNoReport(String header) {
        assertThat(OrcaText.read(header)).isNull();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -3})
    void utilizationThatCannotBeIsNotSaid(double utilization) {
        assertThat(new ServerLoad(3, 0, utilization)).isEqualTo(ServerLoad.of(3, 0));
    }

    @Test
    void hugeFiguresAreClampedAndEndlessTextIsNotRead() {
        assertThat(OrcaText.read("TEXT named_metrics.rif=1e300,named_metrics.service_time_seconds=1e300"))
                .isEqualTo(ServerLoad.of(ServerLoad.MOST_REQUESTS, ServerLoad.LONGEST_NANOS));
        assertThat(OrcaText.read("TEXT named_metrics.rif=1,a=" + "0".repeat(3000)))
                .isNull();
    }
}
