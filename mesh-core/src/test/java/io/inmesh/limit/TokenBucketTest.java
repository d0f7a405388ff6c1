package io.inmesh.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {

    private static final long MILLI = 1_000_000;
    private static final long START = 5_000 * MILLI;
    /** Five at once, then one every 100 ms. */
    private static final TokenBucket.Size FIVE_THEN_TEN_PER_SECOND = TokenBucket.Size.of(5, 10, Duration.ofSeconds(1));

    @Test
    void aBurstIsTakenAtOnceAndThenTokensComeBackEvenly() {
        TokenBucket bucket = new TokenBucket(FIVE_THEN_TEN_PER_SECOND, START);
        assertThat(taken(bucket, START, 9)).isEqualTo(5);
        assertThat(bucket.take(START)).isEqualTo(100 * MILLI);
        assertThat(bucket.take(START + 99 * MILLI)).isEqualTo(MILLI);
        assertThat(bucket.take(START + 100 * MILLI)).isEqualTo(TokenBucket.TAKEN);
        assertThat(bucket.take(START + 100 * MILLI)).isEqualTo(100 * MILLI);
    }

    @Test
    void refusedRequestsDoNotPutOffTheNextToken() {
        TokenBucket bucket = new TokenBucket(FIVE_THEN_TEN_PER_SECOND, START);
        assertThat(taken(bucket, START, 1000)).isEqualTo(5);
        assertThat(bucket.take(START + 100 * MILLI)).isEqualTo(TokenBucket.TAKEN);
    }

    @ParameterizedTest
    @ValueSource(longs = {500 * MILLI, 86_400_000 * MILLI, Long.MAX_VALUE / 4})
    void howeverLongItIsIdleItHoldsABurst(long idleNanos) {
        TokenBucket bucket = new TokenBucket(FIVE_THEN_TEN_PER_SECOND, START);
        taken(bucket, START, 5);
        assertThat(taken(bucket, START + idleNanos, 9)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 10, Long.MIN_VALUE, 0, -1})
    void whereTheClockStartsAndThatItOverflowsChangesNothing(long start) {
        TokenBucket bucket = new TokenBucket(FIVE_THEN_TEN_PER_SECOND, start);
        assertThat(taken(bucket, start, 9)).isEqualTo(5);
        assertThat(taken(bucket, start + 250 * MILLI, 9)).isEqualTo(2);
    }

    @Test
    void aClockThatStepsBackEmptiesTheBucketButNeverStopsIt() {
        TokenBucket bucket = new TokenBucket(FIVE_THEN_TEN_PER_SECOND, START);
        taken(bucket, START, 5);
        long earlier = START - 3_600_000 * MILLI;
        assertThat(bucket.take(earlier)).isEqualTo(100 * MILLI);
        assertThat(bucket.take(earlier + 100 * MILLI)).isEqualTo(TokenBucket.TAKEN);
        assertThat(taken(bucket, earlier + 2_000 * MILLI, 9)).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, PT24H, 1",
        "4294967295, 1, PT24H, 1000",
        "1, 4294967295, PT0.05S, 1",
        "4294967295, 4294967295, PT876000H, 1000",
        "100, 1000000, PT1S, 100"
    })
    void measuresAtTheirExtremesDoNotOverflow(long burst, long tokens, String interval, int expected) {
        TokenBucket bucket = new TokenBucket(TokenBucket.Size.of(burst, tokens, Duration.parse(interval)), START);
        assertThat(taken(bucket, START, 1000)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1, 10", "7, 30", "100, 900", "50, 3"})
    void overTimeTheRateIsKept(long burst, long tokens) {
        TokenBucket bucket = new TokenBucket(TokenBucket.Size.of(burst, tokens, Duration.ofSeconds(1)), START);
        int taken = 0;
        for (long at = 0; at < 100_000; at++) {
            taken += bucket.take(START + at * MILLI) == TokenBucket.TAKEN ? 1 : 0;
        }
        assertThat((long) taken).isBetween(burst + 100 * tokens - 2, burst + 100 * tokens + 1);
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() {
        TokenBucket bucket = new TokenBucket(FIVE_THEN_TEN_PER_SECOND, START);
        taken(bucket, START, 5);
        bucket.giveBack();
        assertThat(taken(bucket, START, 9)).isEqualTo(1);
    }

    @Test
    void givingBackToAFullBucketDoesNotOverfillIt() {
        TokenBucket bucket = new TokenBucket(FIVE_THEN_TEN_PER_SECOND, START);
        taken(bucket, START, 1);
        bucket.giveBack();
        bucket.giveBack();
        assertThat(taken(bucket, START, 9)).isEqualTo(5);
    }

    @Test
    void threadsTogetherTakeWhatThereIsAndNoMore() throws InterruptedException {
        TokenBucket bucket = new TokenBucket(TokenBucket.Size.of(10_000, 1, Duration.ofHours(1)), START);
        AtomicInteger all = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 4; i++) {
            threads.execute(() -> {
                all.addAndGet(taken(bucket, START, 5_000));
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(all).hasValue(10_000);
    }

    private static int taken(TokenBucket bucket, long nowNanos, int times) {
        int taken = 0;
        for (int i = 0; i < times; i++) {
            taken += bucket.take(nowNanos) == TokenBucket.TAKEN ? 1 : 0;
        }
        return taken;
    }
}
