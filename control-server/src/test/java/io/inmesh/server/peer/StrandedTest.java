package io.inmesh.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.FakeTime;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** For how long a process counts as connected that has been seen at a server without lease. */
class StrandedTest {

    private final FakeTime time = new FakeTime();
    private Set<String> connected = Set.of("one", "two");
    private final Stranded stranded = new Stranded(() -> connected, time);

    @Test
    void whoIsSeenCountsAndWhoIsNotSeenAnyMoreDoesForAWhile() {
        assertThat(stranded.holds("one")).isFalse();
        stranded.look();
        connected = Set.of("two");
        time.advance(Stranded.SEEN.minusMillis(1));
        stranded.look();
        assertThat(stranded.holds("one")).isTrue();

        time.advance(Duration.ofMillis(1));

        assertThat(stranded.holds("one")).isFalse();
        assertThat(stranded.holds("two")).isTrue();
    }

    @Test
    void whoWasSeenIsNotHeldBecauseNobodyLooksAnyMore() {
        stranded.look();
        time.advance(Stranded.SEEN);

        assertThat(stranded.holds("one")).isFalse();
    }
}
