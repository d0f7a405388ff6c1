package io.inmesh.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.inmesh.server.peer.rpc.Hearing;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HearsObserverTest {

    private final Collecting<Hears, Hears> answer = new Collecting<>(hears -> hears);
    private final HearsObserver observer = new HearsObserver(answer);

    @Test
    void aServerSaysWhetherItHears() throws Exception {
        observer.onNext(Hearing.newBuilder().setHears(true).build());
        observer.onNext(Hearing.getDefaultInstance());
        observer.onCompleted();

        assertThat(answer.within(Duration.ZERO)).containsExactly(Hears.YES, Hears.NO);
    }

    @Test
    void oneOfAnOlderVersionAnswersThatItCannotSay() throws Exception {
        observer.onError(Status.UNIMPLEMENTED.asRuntimeException());

        assertThat(answer.within(Duration.ZERO)).containsExactly(Hears.CANNOT_SAY);
    }

    @Test
    void oneThatCannotBeReachedHasNotAnswered() {
        observer.onError(Status.UNAVAILABLE.asRuntimeException());

        assertThatThrownBy(() -> answer.within(Duration.ZERO)).isInstanceOf(Collecting.NoAnswer.class);
    }
}
