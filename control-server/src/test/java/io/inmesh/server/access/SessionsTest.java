package io.inmesh.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.store.EmbeddedEngine;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a login lasts, in virtual time. */
class SessionsTest {

    private static final Duration IDLE = Duration.ofMinutes(30);
    private static final Duration LIFETIME = Duration.ofHours(12);

    @TempDir
    private Path folder;

    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private EmbeddedEngine engine;
    private Users users;
    private Sessions sessions;
    private User ann;

    @BeforeEach
    void begin() throws Exception {
        engine = EmbeddedEngine.open(folder.resolve("data"));
        users = new Users(List.of(), engine, new SecureRandom());
        sessions = new Sessions(users, () -> now, new SecureRandom(), IDLE, LIFETIME, 30);
        users.add("ann", "a long enough one", Set.of("sre"));
        ann = users.find("ann").orElseThrow();
    }

    @AfterEach
    void end() {
        engine.close();
    }

    @Test
    void aSessionEndsWhenItIsNotUsed() {
        String token = sessions.begin(ann).token();
        now = now.plus(IDLE).minusSeconds(1);
        assertThat(sessions.use(token)).isPresent();
        now = now.plus(IDLE).minusSeconds(1);
        assertThat(sessions.use(token)).isPresent();
        now = now.plus(IDLE);
        assertThat(sessions.use(token)).isEmpty();
    }

    @Test
    void aSessionEndsHoweverOftenItIsUsed() {
        String token = sessions.begin(ann).token();
        Instant end = now.plus(LIFETIME);
        while (now.plus(IDLE).isBefore(end)) {
            assertThat(sessions.use(token)).isPresent();
            now = now.plus(IDLE.dividedBy(2));
        }
        now = end;
        assertThat(sessions.use(token)).isEmpty();
    }

    @Test
    void aSessionEndsAtLogoutWhenThePasswordChangesAndWhenTheUserGoes() {
        String out = sessions.begin(ann).token();
        sessions.end(out);
        assertThat(sessions.use(out)).isEmpty();

        String changed = sessions.begin(ann).token();
        users.setPassword("ann", "another long enough");
        assertThat(sessions.use(changed)).isEmpty();

        String gone = sessions.begin(users.find("ann").orElseThrow()).token();
        assertThat(sessions.use(gone)).isPresent();
        users.delete("ann");
        assertThat(sessions.use(gone)).isEmpty();
    }

    @Test
    void oneUserCannotTakeTheSessionsOfOthers() {
        users.add("bob", "a long enough one", Set.of());
        String bobs = sessions.begin(users.find("bob").orElseThrow()).token();
        String first = sessions.begin(ann).token();
        for (int i = 0; i < 100; i++) {
            now = now.plusMillis(1);
            sessions.begin(ann);
        }
        assertThat(sessions.use(first)).isEmpty();
        assertThat(sessions.use(bobs)).isPresent();
    }

    @Test
    void whatIsNoTokenIsNoSession() {
        sessions.begin(ann);
        for (String wrong : List.of("", "inmesh-session.", "inmesh-session.x", "x".repeat(100_000))) {
            assertThat(sessions.use(wrong)).isEmpty();
        }
    }
}
