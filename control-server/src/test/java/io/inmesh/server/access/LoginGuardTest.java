package io.inmesh.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Who guesses passwords is slowed down, in virtual time. */
class LoginGuardTest {

    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private final LoginGuard guard = new LoginGuard(() -> now);

    @Test
    void aFewMistakesAreFree() {
        for (int i = 0; i < LoginGuard.FREE_FOR_A_USER; i++) {
            assertThat(guard.begin("ann", "1.1.1.1")).isEmpty();
        }
        assertThat(guard.begin("ann", "1.1.1.1")).hasValue(Duration.ofSeconds(1));
    }

    @Test
    void eachFurtherMistakeDoublesTheWaitToAQuarterOfAnHour() {
        fail("ann", LoginGuard.FREE_FOR_A_USER);
        Duration wait = Duration.ofSeconds(1);
        for (int i = 0; i < 15; i++) {
            assertThat(guard.begin("ann", "address " + i)).hasValue(wait);
            now = now.plus(wait);
            assertThat(guard.begin("ann", "address " + i)).isEmpty();
            wait = wait.multipliedBy(2).compareTo(Duration.ofMinutes(15)) > 0
                    ? Duration.ofMinutes(15)
                    : wait.multipliedBy(2);
        }
    }

    @Test
    void anUnknownNameWaitsLikeAKnownOneAndOthersDoNot() {
        fail("no-such-user", LoginGuard.FREE_FOR_A_USER);

        assertThat(guard.begin("no-such-user", "2.2.2.2")).isPresent();
        assertThat(guard.begin("ann", "2.2.2.2")).isEmpty();
    }

    @Test
    void anAddressThatTriesManyNamesWaitsToo() {
        for (int i = 0; i < LoginGuard.FREE_FOR_AN_ADDRESS; i++) {
            assertThat(guard.begin("user" + i, "6.6.6.6")).isEmpty();
        }
        assertThat(guard.begin("ann", "6.6.6.6")).isPresent();
        assertThat(guard.begin("ann", "7.7.7.7")).isEmpty();
    }

    @Test
    void theRightPasswordClearsTheName() {
        fail("ann", LoginGuard.FREE_FOR_A_USER - 1);
        assertThat(guard.begin("ann", "3.3.3.3")).isEmpty();
        guard.succeeded("ann", "3.3.3.3");

        fail("ann", LoginGuard.FREE_FOR_A_USER);
    }

    @Test
    void attemptsAtTheSameTimeAllCount() {
        for (int i = 0; i < LoginGuard.FREE_FOR_A_USER; i++) {
            guard.begin("ann", "4.4.4.4");
        }
        // None of them has ended yet.
        assertThat(guard.begin("ann", "4.4.4.4")).isPresent();
    }

    private void fail(String user, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(guard.begin(user, "address of " + user + i)).isEmpty();
        }
    }
}
