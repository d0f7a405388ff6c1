package io.inmesh.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.ForwardingEngine;
import io.inmesh.server.fixture.Pause;
import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.FollowedTables;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a login lasts, in virtual time. */
class SessionsTest {

    private static final Duration IDLE = Duration.ofMinutes(30);
    private static final Duration LIFETIME = Duration.ofHours(12);
    private static final int CAPACITY = 30;

    @TempDir
    private Path folder;

    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private final List<FollowedTables> followed = new ArrayList<>();
    private final AtomicInteger writes = new AtomicInteger();
    private EmbeddedEngine engine;
    private Users users;
    private Sessions sessions;
    private User ann;

    @BeforeEach
    void begin() throws Exception {
        engine = EmbeddedEngine.open(folder.resolve("data"));
        users = new Users(List.of(), engine, new SecureRandom());
        sessions = opened();
        users.add("ann", "a long enough one", Set.of("sre"));
        ann = users.find("ann").orElseThrow();
    }

    @AfterEach
    void end() {
        followed.forEach(FollowedTables::close);
        engine.close();
    }

    /** {@return what a server makes of the sessions in the store} */
    private Sessions opened() {
        FollowedTables table = new FollowedTables(new Counted(), () -> now, Sessions.TABLE);
        followed.add(table);
        return new Sessions(
                users,
                table,
                Runnable::run,
                () -> now,
                new SecureRandom(),
                new Sessions.Bounds(IDLE, LIFETIME, CAPACITY));
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
    void aSessionThatANewerServerWroteLocksNobodyOut() {
        String other = sessions.begin(ann).token();
        byte[] kept = engine.get(Sessions.TABLE, Sessions.key(other)).orElseThrow();
        String newer = new String(kept, java.nio.charset.StandardCharsets.UTF_8)
                .replaceFirst("\"kind\":\"[A-Z]+", "\"kind\":\"SOMETHING_NEW");
        engine.put(Sessions.TABLE, Sessions.key(other), newer.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Sessions restarted = opened();

        assertThat(restarted.use(other)).isEmpty();
        assertThat(restarted.use(restarted.begin(ann).token())).isPresent();
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

    @Test
    void whoIsLoggedInAtOneServerIsLoggedInAtAllWithTheSameSecretForChanges() {
        Sessions.Begun begun = sessions.begin(ann);

        Sessions.Session elsewhere = opened().use(begun.token()).orElseThrow();

        assertThat(elsewhere).isEqualTo(begun.session());
        assertThat(elsewhere.csrf()).hasSize(64).isNotEqualTo(Sessions.key(begun.token()));
    }

    @Test
    void aLoginThatAServerHasNotHeardOfYetIsLookedUp() {
        Sessions other = opened();
        followed.get(1).close();

        assertThat(other.use(sessions.begin(ann).token())).isPresent();
    }

    @Test
    void logoutAtOneServerEndsTheSessionAtAll() {
        String token = sessions.begin(ann).token();
        Sessions other = opened();
        assertThat(other.use(token)).isPresent();

        other.end(token);

        assertThat(other.use(token)).isEmpty();
        while (sessions.use(token).isPresent()) {
            Pause.aMoment();
        }
    }

    @Test
    void requestsThatReachOneServerKeepTheSessionGoingAtTheOthers() {
        String token = sessions.begin(ann).token();
        Sessions other = opened();
        Instant end = now.plus(IDLE.multipliedBy(3));
        while (now.isBefore(end)) {
            now = now.plus(Duration.ofMinutes(1));
            assertThat(sessions.use(token)).isPresent();
            heard(token);
        }

        now = now.plus(IDLE).minus(IDLE.dividedBy(10));

        assertThat(other.use(token)).isPresent();
    }

    @Test
    void mostRequestsWriteNothing() {
        String token = sessions.begin(ann).token();
        int before = writes.get();
        for (int second = 0; second < IDLE.toSeconds(); second++) {
            now = now.plusSeconds(1);
            assertThat(sessions.use(token)).isPresent();
            heard(token);
        }

        assertThat(engine.scan(Sessions.TABLE).values())
                .extracting(bytes -> StoredSession.read(bytes).used())
                .allSatisfy(used -> assertThat(used).isAfterOrEqualTo(now.minus(IDLE.dividedBy(10))));
        assertThat(writes.get() - before).isBetween(9, 10);
    }

    @Test
    void theStoreHoldsNothingThatSomebodyCouldLogInWith() {
        Sessions.Begun begun = sessions.begin(ann);

        engine.scan(Sessions.TABLE)
                .forEach((key, bytes) -> assertThat(key + new String(bytes, StandardCharsets.UTF_8))
                        .doesNotContain(begun.token())
                        .doesNotContain(begun.token().substring(Sessions.PREFIX.length()))
                        .doesNotContain(begun.session().csrf())
                        .doesNotContain(ann.passwordHash()));
    }

    @Test
    void sessionsThatAreOverAreRemovedWithTheNextLoginAndTheOneUsedLeastMakesRoom() {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < CAPACITY; i++) {
            now = now.plusMillis(1);
            tokens.add(
                    sessions.begin(Principal.user("user" + i, Set.of(), "oidc")).token());
        }
        assertThat(sessions.use(tokens.get(0))).isPresent();
        now = now.plusMillis(1);
        sessions.begin(ann);
        assertThat(sessions.use(tokens.get(0))).isPresent();
        assertThat(sessions.use(tokens.get(1))).isEmpty();

        now = now.plus(IDLE);
        sessions.begin(ann);
        assertThat(engine.scan(Sessions.TABLE)).hasSize(1);
    }

    /** Returns when all servers have heard of what the store says of a session. */
    private void heard(String token) {
        byte[] kept = engine.get(Sessions.TABLE, Sessions.key(token)).orElseThrow();
        for (FollowedTables server : followed) {
            while (!Arrays.equals(
                    kept, server.get(Sessions.TABLE, Sessions.key(token)).orElseThrow())) {
                Pause.aMoment();
            }
        }
    }

    /** The shared engine, counting what is changed in it. */
    private final class Counted extends ForwardingEngine {

        Counted() {
            super(SessionsTest.this.engine);
        }

        @Override
        public boolean change(List<Guard> guards, List<Write> changes) {
            boolean made = super.change(guards, changes);
            writes.addAndGet(made ? 1 : 0);
            return made;
        }
    }
}
