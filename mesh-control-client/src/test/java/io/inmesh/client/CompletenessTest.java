package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How long a config waits for names without answer. */
class CompletenessTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Completeness completeness = new Completeness();

    @Test
    void timeWithoutConnectionDoesNotCount() {
        assertThat(completeness.waitNanos(Set.of("a"), 0)).isEqualTo(15 * SECOND);
        assertThat(completeness.waitNanos(Set.of("a"), 14 * SECOND)).isEqualTo(SECOND);
        completeness.disconnected();

        assertThat(completeness.waitNanos(Set.of("a"), 100 * SECOND)).isEqualTo(15 * SECOND);
    }

    @Test
    void aNameThatWasGivenUpIsWaitedForAgainOnceItHasBeenAnswered() {
        completeness.waitNanos(Set.of("a"), 0);
        assertThat(completeness.waitNanos(Set.of("a"), 15 * SECOND)).isZero();
        assertThat(completeness.waitNanos(Set.of("a"), 16 * SECOND)).isZero();
        assertThat(completeness.waitNanos(Set.of(), 17 * SECOND)).isZero();

        assertThat(completeness.waitNanos(Set.of("a"), 18 * SECOND)).isEqualTo(15 * SECOND);
    }

    @Test
    void othersAreWaitedForThoughOneWasGivenUp() {
        completeness.waitNanos(Set.of("a"), 0);
        completeness.waitNanos(Set.of("a"), 15 * SECOND);

        assertThat(completeness.waitNanos(Set.of("a", "b"), 20 * SECOND)).isEqualTo(15 * SECOND);
    }
}
