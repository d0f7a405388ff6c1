package io.inmesh.server.etcd;

import static io.inmesh.server.etcd.FakeEtcd.Fate.ANSWER_LOST;
import static io.inmesh.server.etcd.FakeEtcd.Fate.DELAYED;
import static io.inmesh.server.etcd.FakeEtcd.Fate.MADE;
import static io.inmesh.server.etcd.FakeEtcd.Fate.MADE_WITHOUT_SPACE;
import static io.inmesh.server.etcd.FakeEtcd.Fate.NO_SPACE;
import static io.inmesh.server.etcd.FakeEtcd.Fate.REQUEST_LOST;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.etcd.rpc.RequestOp;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.time.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whether a change has been made is known although answers are lost, and it is never made twice, nor after it was said not to be. */
class ChangesTest {

    private static final String KEY = "/mesh/t/k";

    private FakeEtcd etcd;
    private Members members;
    private Changes changes;

    /** Time that passes by being asked for, so that limits end whatever the machine does. */
    private final Timer time = new Timer() {
        private final AtomicLong now = new AtomicLong();

        @Override
        public long nanoTime() {
            return now.addAndGet(Duration.ofSeconds(1).toNanos());
        }

        @Override
        public Cancellable schedule(Duration delay, Runnable task) {
            throw new UnsupportedOperationException("nothing is put off here");
        }
    };

    @BeforeEach
    void start() throws Exception {
        etcd = new FakeEtcd();
        members = new Members(EtcdSettings.plain(List.of(etcd.endpoint()), "/mesh", Duration.ofMinutes(1)));
        changes = changes(members);
    }

    private Changes changes(Members asked) {
        EtcdSettings settings = EtcdSettings.plain(List.of(etcd.endpoint()), "/mesh", Duration.ofMinutes(1));
        Calls calls = new Calls(asked, new Login(settings), time, settings.timeout());
        return new Changes(calls, new Keys("/mesh"), InstantSource.system());
    }

    @AfterEach
    void stop() throws Exception {
        members.close();
        etcd.close();
    }

    @Test
    void aChangeWhoseAnswerIsLostIsReportedAsMade() {
        etcd.next(ANSWER_LOST);

        assertThat(set(null, "one")).isTrue();

        assertThat(etcd.value(KEY)).isEqualTo("one");
        assertThat(etcd.made()).isEqualTo(1);
    }

    @Test
    void aChangeThatIsLostIsMadeByTheNextAttempt() {
        etcd.next(REQUEST_LOST, REQUEST_LOST);

        assertThat(set(null, "one")).isTrue();

        assertThat(etcd.made()).isEqualTo(1);
    }

    @Test
    void aChangeWithoutGuardsIsNotMadeTwiceThoughBothAttemptsArrive() {
        etcd.next(DELAYED);

        assertThat(changes.change(List.of(), List.of(new Write("t", "k", bytes("one")))))
                .isTrue();
        etcd.set(KEY, "somebody else's");
        etcd.deliver();

        assertThat(etcd.made()).isEqualTo(1);
        assertThat(etcd.value(KEY)).isEqualTo("somebody else's");
    }

    @Test
    void whatWasReportedAsRefusedIsNotMadeLaterThoughItsGuardHoldsAgain() {
        etcd.set(KEY, "other");
        // The first attempt hangs, the second finds the guard not to hold, and the third closes the door on the first.
        etcd.next(DELAYED);

        assertThat(set("expected", "ours")).isFalse();
        etcd.set(KEY, "expected");
        etcd.deliver();

        assertThat(etcd.value(KEY)).isEqualTo("expected");
    }

    @Test
    void closingTheDoorMayItselfLoseItsAnswer() {
        etcd.set(KEY, "other");
        etcd.next(REQUEST_LOST, MADE, ANSWER_LOST);

        assertThat(set("expected", "ours")).isFalse();

        etcd.set(KEY, "expected");
        assertThat(set("expected", "ours")).as("and the mark serves the next").isTrue();
        assertThat(etcd.made()).isEqualTo(1);
    }

    @Test
    void aChangeThatNobodyAnswersIsSaidToBeUnknownAndItsMarkIsNotUsedAgain() {
        etcd.next(ANSWER_LOST);
        etcd.loseAll();

        assertThatThrownBy(() -> set(null, "one"))
                .isInstanceOfSatisfying(
                        StoreUnavailableException.class,
                        e -> assertThat(e.isOutcomeUnknown()).isTrue())
                .hasMessageContaining("is not known")
                .hasMessageContaining("read before trying again");
    }

    @Test
    void aChangeThatHasNotLeftIsSaidNotToBeMade() throws Exception {
        String endpoint = etcd.endpoint().toString();
        etcd.close();

        assertThatThrownBy(() -> set(null, "one"))
                .isInstanceOfSatisfying(
                        StoreUnavailableException.class,
                        e -> assertThat(e.isOutcomeUnknown()).isFalse())
                .hasMessageContaining(endpoint)
                .hasMessageContaining("most of its members");
    }

    @Test
    void theChangeThatComesToTheQuotaIsMadeAndSaidToBeMadeAlthoughItIsAnsweredWithNoSpace() {
        etcd.next(MADE_WITHOUT_SPACE);

        assertThat(set(null, "one")).isTrue();

        assertThat(etcd.value(KEY)).isEqualTo("one");
        assertThat(set("one", "two")).as("and the mark serves the next").isTrue();
    }

    @Test
    void aChangeForWhichThereIsNoSpaceIsSaidNotToBeMadeWithTheRemedy() {
        etcd.next(NO_SPACE);

        assertThatThrownBy(() -> set(null, "one"))
                .isInstanceOfSatisfying(
                        StoreUnavailableException.class,
                        e -> assertThat(e.isOutcomeUnknown()).isFalse())
                .hasMessageContaining("--quota-backend-bytes");

        assertThat(set(null, "two")).as("and the mark serves the next").isTrue();
        assertThat(etcd.made()).isEqualTo(1);
    }

    @Test
    void anAttemptThatHangsWhileThereIsNoSpaceIsSettledFirst() {
        etcd.next(DELAYED, NO_SPACE);

        assertThatThrownBy(() -> set(null, "one")).hasMessageContaining("--quota-backend-bytes");
        etcd.deliver();

        assertThat(etcd.value(KEY)).isNull();
    }

    @Test
    void aQuestionThatIsNotAnsweredLeavesNothingUnknown() {
        etcd.loseAll();

        assertThatThrownBy(() -> changes.change(List.of(new Guard("t", "k", null)), List.of()))
                .isInstanceOfSatisfying(
                        StoreUnavailableException.class,
                        e -> assertThat(e.isOutcomeUnknown()).isFalse());
    }

    /** etcd answers a transaction that has no read, or only serializable ones, from what a member has, however old. */
    @Test
    void guardsAloneAreComparedWithTheLatestAndNotWithWhatAMemberHas() {
        assertThat(changes.change(List.of(new Guard("t", "k", null)), List.of()))
                .isTrue();

        assertThat(etcd.last().getSuccessList()).singleElement().matches(RequestOp::hasRequestRange);
        assertThat(etcd.last().getFailureList()).singleElement().matches(RequestOp::hasRequestRange);
    }

    private boolean set(String expected, String value) {
        return changes.change(
                List.of(new Guard("t", "k", expected == null ? null : bytes(expected))),
                List.of(new Write("t", "k", bytes(value))));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
