package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.load.ServerLoad;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OrcaBytesTest {

    @ParameterizedTest
    @CsvSource({"0, 0, -1", "7, 1, -1", "123456, 60000000000, 1.25", "1, 333333333, 0"})
    void whatIsWrittenIsRead(int requests, long nanos, double utilization) {
        ServerLoad load = new ServerLoad(requests, nanos, utilization);
        assertThat(OrcaBytes.read(OrcaBytes.write(load))).isEqualTo(load);
    }

    @Test
    void aReportHasTheBytesThatProtobufWrites() {
        // named_metrics {key: "rif" value: 3} application_utilization: 0.5
        assertThat(HexFormat.of().formatHex(OrcaBytes.write(new ServerLoad(3, 0, 0.5))))
                .isEqualTo("420e" + "0a03726966" + "110000000000000840" + "49000000000000e03f");
    }

    @Test
    void fieldsOfOthersAreSkipped() {
        // cpu_utilization: 0.5, rps: 300, request_cost {key: "a" value: 1}, named_metrics {key: "rif" value: 3}
        byte[] report = HexFormat.of()
                .parseHex("09000000000000e03f" + "18ac02" + "220c0a016111000000000000f03f"
                        + "420e0a03726966110000000000000840");
        assertThat(OrcaBytes.read(report)).isEqualTo(ServerLoad.of(3, ServerLoad.UNKNOWN));
    }

    @ParameterizedTest
    @CsvSource({
        // rif: infinite, NaN, negative
        "420e0a03726966" + "11" + "000000000000f07f",
        "420e0a03726966" + "11" + "000000000000f87f",
        "420e0a03726966" + "11" + "000000000000f0bf",
        // rif: 3, and a utilization that is infinite, NaN
        "420e0a03726966" + "11" + "0000000000000840" + "49" + "000000000000f07f",
        "420e0a03726966" + "11" + "0000000000000840" + "49" + "000000000000f87f"
    })
    void figuresThatCannotBeAreNoReport(String report) {
        assertThat(OrcaBytes.read(HexFormat.of().parseHex(report))).isNull();
    }

    @Test
    void bytesThatAreCutOffOrMadeUpAreNoReportAndNoError() {
        byte[] whole = OrcaBytes.write(new ServerLoad(3, 5, 0.5));
        for (int length = 0; length < 16; length++) {
            assertThat(OrcaBytes.read(Arrays.copyOf(whole, length))).isNull();
        }
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] garbage = new byte[random.nextInt(40)];
            random.nextBytes(garbage);
            OrcaBytes.read(garbage);
        }
    }
}
