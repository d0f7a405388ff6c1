package io.inmesh.server.store;

import static io.inmesh.server.store.LinearizabilityChecker.Kind.COMPARE_AND_SET;
import static io.inmesh.server.store.LinearizabilityChecker.Kind.READ;
import static io.inmesh.server.store.LinearizabilityChecker.Kind.WRITE;
import static io.inmesh.server.store.LinearizabilityChecker.NEVER;
import static io.inmesh.server.store.LinearizabilityChecker.linearizable;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.store.LinearizabilityChecker.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker finds what it is there to find. */
class LinearizabilityCheckerTest {

    @Test
    void operationsThatOverlapMayHaveHappenedEitherWay() {
        assertThat(linearizable(List.of(write("a", 0, 10), read("a", 1, 2), read("a", 11, 12))))
                .isTrue();
        assertThat(linearizable(List.of(write("a", 0, 10), read(null, 1, 2), read("a", 11, 12))))
                .isTrue();
    }

    @Test
    void aReadOfWhatHadBeenReplacedBeforeItBeganIsStale() {
        assertThat(linearizable(List.of(write("a", 0, 1), write("b", 2, 3), read("a", 4, 5))))
                .isFalse();
        assertThat(linearizable(List.of(write("a", 0, 1), read(null, 2, 3)))).isFalse();
    }

    @Test
    void aWriteThatIsLostIsFound() {
        assertThat(linearizable(List.of(set(null, "a", true, 0, 1), set("a", "b", true, 2, 3), read("a", 4, 5))))
                .isFalse();
    }

    @Test
    void ofTwoThatReplaceTheSameValueOneHasToLose() {
        assertThat(linearizable(List.of(set(null, "a", true, 0, 9), set(null, "b", true, 1, 8))))
                .isFalse();
        assertThat(linearizable(List.of(set(null, "a", true, 0, 9), set(null, "b", false, 1, 8))))
                .isTrue();
    }

    @Test
    void aReadMayNotGoBackBehindAnother() {
        assertThat(linearizable(List.of(write("a", 0, 20), read("a", 1, 2), read(null, 3, 4))))
                .isFalse();
    }

    @Test
    void whatWasNeverToldMayHaveHappenedLaterOrNeverButNotTwice() {
        Operation unknown = set(null, "a", null, 0, NEVER);
        assertThat(linearizable(List.of(unknown, read(null, 1, 2), read("a", 3, 4))))
                .isTrue();
        assertThat(linearizable(List.of(unknown, read(null, 1, 2)))).isTrue();
        assertThat(linearizable(List.of(unknown, read("a", 1, 2), read(null, 3, 4))))
                .isFalse();
        assertThat(linearizable(
                        List.of(unknown, read("a", 1, 2), set("a", "b", true, 3, 4), read("b", 5, 6), read("a", 7, 8))))
                .isFalse();
    }

    private static Operation write(String value, long called, long returned) {
        return new Operation(WRITE, null, value, null, called, returned);
    }

    private static Operation read(String value, long called, long returned) {
        return new Operation(READ, null, value, null, called, returned);
    }

    private static Operation set(String expected, String value, Boolean done, long called, long returned) {
        return new Operation(COMPARE_AND_SET, expected, value, done, called, returned);
    }
}
