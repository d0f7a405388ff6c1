package io.inmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.testkit.FakeClock;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RefusalsTest {

    private final FakeClock clock = new FakeClock();
    private final Refusals refusals = new Refusals(clock);
    private final List<String> lines = new ArrayList<>();
    // Held here, since the logging library may forget a logger nobody holds.
    private final Logger logger = Logger.getLogger(Refusals.class.getName());
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord logged) {
            lines.add(new SimpleFormatter().formatMessage(logged));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void leave() {
        logger.removeHandler(handler);
    }

    @Test
    void aFloodIsCutAndCountedWithTheNextLine() {
        for (int i = 0; i < Refusals.PER_MINUTE + 7; i++) {
            refusals.add(new CertificateException("reason " + i));
        }
        assertThat(lines).hasSize(Refusals.PER_MINUTE).last().asString().endsWith("reason 9");

        clock.advance(Duration.ofMinutes(1));
        refusals.add(new CertificateException("another"));
        refusals.add(new CertificateException("the last"));

        assertThat(lines.subList(Refusals.PER_MINUTE, lines.size()))
                .containsExactly(
                        "A caller was refused in the TLS handshake: another; 7 more were refused before it and not logged",
                        "A caller was refused in the TLS handshake: the last");
    }

    @Test
    void namesThatACallerChoseMakeNoLinesOfTheirOwn() {
        refusals.add(new CertificateException("name\r\nWARN all is lost\u2028" + "x".repeat(5000)));

        assertThat(lines)
                .singleElement()
                .asString()
                .contains("name??WARN all is lost?")
                .hasSizeLessThan(1100);
    }
}
