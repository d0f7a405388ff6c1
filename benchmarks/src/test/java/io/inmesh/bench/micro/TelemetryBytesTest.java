package io.inmesh.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.bench.micro.Told.Kind;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That everything can be counted. What is counted here, of few calls that nobody has compiled, means nothing. */
class TelemetryBytesTest {

    private static final int CHUNKS = 4;

    @ParameterizedTest
    @EnumSource
    void everyWayToCallCanBeCountedWithEveryKindOn(Way way) throws IOException {
        for (Kind kind : Kind.values()) {
            // Lines are counted behind java.util.logging, which tests do not log by, as the control server does not.
            if (!kind.logged()) {
                assertThat(TelemetryBytes.bytes(way, kind, CHUNKS)).isPositive();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyPartOfALibraryCanBeCounted(LibraryPart part) throws IOException {
        assertThat(TelemetryBytes.bytes(part::once, LibraryPart::flush, CHUNKS)).isPositive();
    }
}
