package io.inmesh.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.ca.WorkloadIdentity;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.relay.Answer;
import io.inmesh.xds.relay.Ended;
import io.inmesh.xds.relay.Find;
import io.inmesh.xds.relay.Question;
import io.inmesh.xds.relay.Seen;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AttendeeTest {

    private static final WorkloadIdentity REVIEWS = new WorkloadIdentity("inmesh.local", "default", "reviews-account");

    private final List<Question> asked = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private @Nullable Status ended;
    private final StreamObserver<Question> stream = new StreamObserver<>() {
        @Override
        public void onNext(Question question) {
            asked.add(question);
        }

        @Override
        public void onError(Throwable cause) {
            ended = Status.fromThrowable(cause);
        }

        @Override
        public void onCompleted() {
            ended = Status.OK;
        }
    };
    private final Attendee attendee = attendee("sidecar~10.0.0.1~reviews-1.default~default.svc.cluster.local");

    @Test
    void aProcessIsKnownByItsNameItsServiceAndItsServiceAccountInTheNamespaceOfItsCertificate() {
        assertThat(attendee).hasToString("default/reviews-1");
        assertThat(List.of("reviews-1", "reviews", "reviews-account")).allMatch(attendee::answersTo);
        assertThat(attendee.answersTo("ratings")).isFalse();
        assertThat(Attendee.of(node("sidecar~10.0.0.1~shop-1.elsewhere~x"), REVIEWS, stream))
                .as("a name in another namespace than that of the certificate")
                .isEmpty();
        assertThat(Attendee.of(node("nonsense"), REVIEWS, stream)).isEmpty();
    }

    @Test
    void partsGoToWhoeverAskedUntilTheEnd() {
        attendee.ask(question(), answers::add);
        long number = asked.get(0).getNumber();
        attendee.received(Answer.newBuilder()
                .setNumber(number + 1)
                .setSeen(Seen.getDefaultInstance())
                .build());
        attendee.received(Answer.newBuilder()
                .setNumber(number)
                .setSeen(Seen.getDefaultInstance())
                .build());
        attendee.received(Answer.newBuilder()
                .setNumber(number)
                .setEnded(Ended.getDefaultInstance())
                .build());
        attendee.received(Answer.newBuilder()
                .setNumber(number)
                .setSeen(Seen.getDefaultInstance())
                .build());

        assertThat(answers).hasSize(2);
        assertThat(answers.get(1).hasEnded()).isTrue();
    }

    @Test
    void aQuestionThatIsCalledOffKeepsTheProcessBusyNoLonger() {
        for (int i = 0; i < 3 * Attendee.MOST_OPEN; i++) {
            attendee.ask(question(), answers::add).run();
        }
        attendee.received(Answer.newBuilder()
                .setNumber(1)
                .setSeen(Seen.getDefaultInstance())
                .build());

        assertThat(answers).isEmpty();
        assertThat(asked).filteredOn(Question::hasCancel).hasSize(3 * Attendee.MOST_OPEN);
    }

    @Test
    void aProcessIsNotAskedTooMuchAtOnce() {
        for (int i = 0; i < Attendee.MOST_OPEN + 1; i++) {
            attendee.ask(question(), answers::add);
        }
        assertThat(asked).hasSize(Attendee.MOST_OPEN);
        assertThat(answers)
                .singleElement()
                .satisfies(answer -> assertThat(answer.getEnded().getRefusal()).contains("asked too much"));
    }

    @Test
    void whoeverWaitsIsToldThatTheProcessHasGone() {
        Runnable callOff = attendee.ask(question(), answers::add);
        attendee.left();
        callOff.run();
        attendee.ask(question(), answers::add);

        assertThat(asked).hasSize(1);
        assertThat(answers)
                .hasSize(2)
                .allSatisfy(answer -> assertThat(answer.getEnded().getRefusal()).isEqualTo("the process has gone"));
        assertThat(ended).as("the process has ended the stream itself").isNull();
    }

    @Test
    void aStreamWhosePlaceIsTakenEndsAndSoDoesTheWaitForItsAnswers() {
        attendee.ask(question(), answers::add);
        attendee.replaced();
        attendee.replaced();
        attendee.left();

        assertThat(ended).isNotNull().extracting(Status::getCode).isEqualTo(Status.Code.ABORTED);
        assertThat(answers).singleElement().matches(Answer::hasEnded);
    }

    private Attendee attendee(String nodeId) {
        return Attendee.of(node(nodeId), REVIEWS, stream).orElseThrow();
    }

    private static Node node(String id) {
        return Node.newBuilder().setId(id).setCluster("reviews.default").build();
    }

    private static Question.Builder question() {
        return Question.newBuilder().setFind(Find.newBuilder().setRequestId("r1"));
    }
}
