package io.inmesh.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.inmesh.server.fixture.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Log levels of a server change for a while, and no longer. */
class LogLevelsTest {
    private final LoggerContext context = new LoggerContext();
    private final FakeTime time = new FakeTime();
    private final LogLevels levels = new LogLevels(context, time, time);

    @Test
    void aLevelRevertsByItself() {
        levels.set("io.inmesh.b", "debug", Duration.ofMinutes(1));
        assertThat(context.getLogger("io.inmesh.b.c").getEffectiveLevel()).isEqualTo(Level.DEBUG);
        assertThat(levels.all())
                .containsExactly(
                        new LogLevels.Changed("io.inmesh.b", "DEBUG", "", FakeTime.START.plus(Duration.ofMinutes(1))));

        time.advance(Duration.ofMinutes(1));

        assertThat(context.getLogger("io.inmesh.b").getLevel()).isNull();
        assertThat(levels.all()).isEmpty();
    }

    @Test
    void oneChangedTwiceRevertsToWhatItWasBeforeBothWhenTheLaterOneEnds() {
        context.getLogger("io.inmesh").setLevel(Level.WARN);
        levels.set("io.inmesh", "debug", Duration.ofMinutes(1));
        levels.set("io.inmesh", "TRACE", Duration.ofMinutes(5));

        time.advance(Duration.ofMinutes(1));
        assertThat(context.getLogger("io.inmesh").getLevel()).isEqualTo(Level.TRACE);
        time.advance(Duration.ofMinutes(4));
        assertThat(context.getLogger("io.inmesh").getLevel()).isEqualTo(Level.WARN);
    }

    @Test
    void whatLibrariesSayOfHeadersIsNotTurnedOn() {
        for (String logger : new String[] {"ROOT", "root", "io", "io.inmeshed", "io.grpc.netty", "org.eclipse.jetty"}) {
            assertThatThrownBy(() -> levels.set(logger, "debug", Duration.ofMinutes(1)))
                    .hasMessageContaining("for loggers of this server only");
            levels.set(logger, "warn", Duration.ofMinutes(1));
        }
        levels.set("io.inmesh", "trace", Duration.ofMinutes(1));
    }

    @Test
    void aLoggerWithTwoSpellingsIsOne() {
        Level before = context.getLogger("ROOT").getLevel();
        levels.set("ROOT", "warn", Duration.ofMinutes(1));
        levels.set("root", "info", Duration.ofMinutes(2));
        assertThat(levels.all()).extracting(LogLevels.Changed::logger).containsExactly("ROOT");

        time.advance(Duration.ofMinutes(2));

        assertThat(context.getLogger("ROOT").getLevel()).isEqualTo(before);
    }

    @Test
    void checkingChangesNothing() {
        levels.check("io.inmesh", "debug", Duration.ofMinutes(1));
        assertThat(levels.all()).isEmpty();
        assertThatThrownBy(() -> levels.check("ROOT", "debug", Duration.ofMinutes(1)))
                .hasMessageContaining("for loggers of this server only");
    }

    @Test
    void nothingIsChangedForLongerThanAnHour() {
        levels.set("ROOT", "info", Duration.ofDays(1));
        time.advance(LogLevels.LONGEST);
        assertThat(context.getLogger("ROOT").getLevel()).isEqualTo(Level.DEBUG);
    }

    @Test
    void whatDoesNotFitIsRefusedAndChangesNothing() {
        for (int i = 0; i < LogLevels.MOST_LOGGERS; i++) {
            levels.set("logger" + i, "info", Duration.ofMinutes(1));
        }
        assertThatThrownBy(() -> levels.set("one-more", "info", Duration.ofMinutes(1)))
                .hasMessageContaining("20 loggers are changed already");
        assertThatThrownBy(() -> levels.set("logger1", "loud", Duration.ofMinutes(1)))
                .hasMessage("\"loud\" is no level; there are trace, debug, info, warn, error and off");
        assertThatThrownBy(() -> levels.set(" ", "info", Duration.ofMinutes(1))).hasMessageContaining("name a logger");
        assertThatThrownBy(() -> levels.set("logger1", "off", Duration.ZERO)).hasMessageContaining("1 s at least");
        assertThat(context.getLogger("logger1").getLevel()).isEqualTo(Level.INFO);
    }
}
