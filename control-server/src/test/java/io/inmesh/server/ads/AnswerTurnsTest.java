package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many answers a connection is given that it has not read. */
class AnswerTurnsTest {

    private final AnswerTurns turns = new AnswerTurns();
    private final List<String> answered = new ArrayList<>();

    @Test
    void aConnectionIsAnsweredOnceUntilItHasReadThat() {
        for (int i = 1; i <= 3; i++) {
            String answer = "a" + i;
            turns.await("a", this, () -> answered.add(answer));
        }
        turns.await("b", this, () -> answered.add("b1"));
        assertThat(answered).containsExactly("a1", "b1");

        turns.over("a");
        assertThat(answered).containsExactly("a1", "b1", "a2");
        turns.over("a");
        turns.over("a");
        assertThat(answered).containsExactly("a1", "b1", "a2", "a3");

        turns.await("a", this, () -> answered.add("a4"));
        assertThat(answered).endsWith("a4");
    }

    @Test
    void aCallThatIsGoneDoesNotWait() {
        Object gone = new Object();
        turns.await("a", this, () -> answered.add("a1"));
        turns.await("a", gone, () -> answered.add("gone"));
        turns.await("a", this, () -> answered.add("a2"));

        turns.leave("a", gone);
        turns.over("a");

        assertThat(answered).containsExactly("a1", "a2");
        turns.leave("nobody", gone);
    }
}
