package io.inmesh.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.testkit.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BucketTableTest {

    private final FakeClock clock = new FakeClock();
    /** Two at once, then one per second. */
    private final TokenBucket.Size size = TokenBucket.Size.of(2, 1, Duration.ofSeconds(1));

    @Test
    void everyValueHasItsOwnBucket() {
        BucketTable table = new BucketTable(size, 100, clock);
        for (int round = 0; round < 3; round++) {
            for (int value = 0; value < 50; value++) {
                assertThat(take(table, "client-" + value)).isEqualTo(round < 2);
            }
        }
    }

    @Test
    void oneNoisyValueTakesNothingFromTheOthers() {
        BucketTable table = new BucketTable(size, 100, clock);
        int quiet = 0;
        for (int second = 0; second < 60; second++) {
            for (int i = 0; i < 100; i++) {
                take(table, "noisy");
            }
            quiet += take(table, "quiet") ? 1 : 0;
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(quiet).isEqualTo(60);
    }

    @Test
    void valuesBeyondTheBoundShareOneBucket() {
        BucketTable table = new BucketTable(size, 10, clock);
        int admitted = 0;
        for (int i = 0; i < 10_000; i++) {
            admitted += take(table, "made-up-" + i) ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(10 + 2);
        assertThat(table.values()).isEqualTo(10);
        assertThat(table.isOverflow(table.of("one more"))).isTrue();
    }

    @Test
    void madeUpValuesNeverPushOutABucketWithTokensMissing() {
        BucketTable table = new BucketTable(size, 10, clock);
        take(table, "mine");
        take(table, "mine");
        for (int i = 0; i < 10_000; i++) {
            take(table, "made-up-" + i);
        }
        assertThat(take(table, "mine")).isFalse();
    }

    @Test
    void aBucketThatIsFullAgainMakesRoom() {
        BucketTable table = new BucketTable(size, 1, clock);
        take(table, "first");
        assertThat(table.isOverflow(table.of("second"))).isTrue();
        clock.advance(Duration.ofSeconds(10));
        assertThat(table.isOverflow(table.of("second"))).isFalse();
    }

    @Test
    void aBucketIsKeptAsLongAsItsEmptinessCounts() {
        BucketTable table = new BucketTable(TokenBucket.Size.of(60, 1, Duration.ofSeconds(1)), 1000, clock);
        for (int i = 0; i < 60; i++) {
            assertThat(take(table, "mine")).isTrue();
        }
        clock.advance(Duration.ofSeconds(10));
        int admitted = 0;
        for (int i = 0; i < 60; i++) {
            admitted += take(table, "mine") ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(10);
    }

    @Test
    void longValuesAreToldApart() {
        BucketTable table = new BucketTable(size, 10, clock);
        String alike = "x".repeat(5000);
        take(table, alike + "a");
        take(table, alike + "a");
        assertThat(take(table, alike + "a")).isFalse();
        assertThat(take(table, alike + "b")).isTrue();
    }

    private boolean take(BucketTable table, String value) {
        return table.of(value).take(clock.nanos()) == TokenBucket.TAKEN;
    }
}
