package io.inmesh.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How often a caller may ask, in virtual time. */
class CallerRatesTest {

    private long nanos = Long.MAX_VALUE - 5;
    private final CallerRates rates = new CallerRates(2, () -> nanos);

    @Test
    void tenSecondsOfRequestsMayComeAtOnceAndThenTheRateHolds() {
        for (int i = 0; i < 20; i++) {
            assertThat(rates.take("ann")).isTrue();
        }
        assertThat(rates.take("ann")).isFalse();
        assertThat(rates.take("bob")).isTrue();

        nanos += Duration.ofMillis(500).toNanos();
        assertThat(rates.take("ann")).isTrue();
        assertThat(rates.take("ann")).isFalse();
    }

    @Test
    void restDoesNotAddUpWithoutEnd() {
        rates.take("ann");
        nanos += Duration.ofDays(1).toNanos();
        int taken = 0;
        while (rates.take("ann")) {
            taken++;
        }
        assertThat(taken).isEqualTo(20);
    }

    @Test
    void anIpv6NetworkIsOneCaller() throws Exception {
        assertThat(CallerRates.keyOf(InetAddress.getByName("2001:db8:1:2::1")))
                .isEqualTo(CallerRates.keyOf(InetAddress.getByName("2001:db8:1:2:ffff::9")))
                .isNotEqualTo(CallerRates.keyOf(InetAddress.getByName("2001:db8:1:3::1")));
        assertThat(CallerRates.keyOf(InetAddress.getByName("10.0.0.1"))).isEqualTo("10.0.0.1");
    }
}
