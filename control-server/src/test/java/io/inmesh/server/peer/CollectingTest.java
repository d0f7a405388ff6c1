package io.inmesh.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.peer.rpc.Config;
import io.inmesh.server.peer.rpc.Context;
import io.inmesh.server.peer.rpc.Process;
import io.inmesh.server.peer.rpc.TypeState;
import io.inmesh.server.translate.Personality;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A server whose answer cannot be read has not answered, and it is known why. */
class CollectingTest {

    private static final Context CONTEXT =
            Context.newBuilder().setPersonality(Personality.FULL.name()).build();

    @Test
    void whatANewerServerSaysOfConfigurationAndThisOneDoesNotKnowIsNoAnswerOfThatServer() {
        Collecting<Process, Telling> answer = new Collecting<>(Telling::read);

        answer.onNext(Process.newBuilder()
                .setContext(CONTEXT)
                .setConfig(Config.getDefaultInstance())
                .build());
        answer.onNext(Process.newBuilder()
                .setContext(CONTEXT)
                .addTypes(TypeState.newBuilder().setState("NEWER"))
                .setConfig(Config.getDefaultInstance())
                .build());
        answer.onCompleted();

        assertThatThrownBy(() -> answer.within(Duration.ZERO))
                .isInstanceOf(Collecting.NoAnswer.class)
                .hasMessageStartingWith("its answer cannot be read")
                .hasMessageContaining("NEWER");
    }

    @Test
    void aWholeAnswerTellsWhoHasWhatAndWhoWasTooBusyToTell() throws Exception {
        Collecting<Process, Telling> answer = new Collecting<>(Telling::read);

        answer.onNext(Process.newBuilder()
                .setContext(CONTEXT)
                .setConfig(Config.getDefaultInstance())
                .build());
        answer.onNext(Process.newBuilder().setContext(CONTEXT).build());
        answer.onCompleted();

        assertThat(answer.within(Duration.ZERO))
                .extracting(telling -> telling.config().isPresent())
                .containsExactly(true, false);
    }
}
