package io.inmesh.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Response;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RingTest {

    private static final Outcome OK = Response.http(200);

    private final List<String> trace = new ArrayList<>();
    private final Work work = new Work();

    @Test
    void admitsInOrderAndSettlesInReverse() {
        Ring<Work> ring = new Ring<>(List.of(new Own("a"), new Foreign("b"), new Own("c")));

        assertThat(ring.admit(work)).isNull();
        ring.settle(work, OK);

        assertThat(trace).containsExactly("+a", "+b", "+c", "-c 200", "-b 200", "-a 200");
    }

    @Test
    void settlesOnlyOnce() {
        Ring<Work> ring = new Ring<>(List.of(new Own("a"), new Foreign("b")));
        ring.admit(work);

        ring.settle(work, OK);
        ring.settle(work, Response.http(500));

        assertThat(trace).containsExactly("+a", "+b", "-b 200", "-a 200");
    }

    @Test
    void tellsEarlierStagesWhenALaterOneRefuses() {
        Ring<Work> ring = new Ring<>(List.of(
                new Own("a"),
                new Foreign("b"),
                (Stage<Work>) w -> Verdict.reject(Outcome.Cancelled.INSTANCE),
                new Own("never")));

        assertThat(ring.admit(work)).isEqualTo(new Verdict.Reject<Work>(Outcome.Cancelled.INSTANCE));
        ring.settle(work, OK);

        assertThat(trace).containsExactly("+a", "+b", "-b Cancelled[]", "-a Cancelled[]");
    }

    @Test
    void refusesWorkWhenAStageThrowsAndTellsEarlierStages() {
        Ring<Work> ring = new Ring<>(List.of(new Own("a"), (Stage<Work>) w -> {
            throw new IllegalStateException("broken policy");
        }));

        Verdict<?> verdict = ring.admit(work);

        Outcome.Rejection rejection = (Outcome.Rejection) ((Verdict.Reject<?>) verdict).outcome();
        assertThat(rejection.reason()).isEqualTo(Outcome.Reason.INTERNAL);
        assertThat(rejection.message()).contains("broken policy");
        assertThat(trace).hasSize(2).last().asString().startsWith("-a Rejection");
    }

    @Test
    void tellsTheOthersWhenATicketThrows() {
        Ring<Work> ring = new Ring<>(List.of(
                new Own("a"),
                (Stage<Work>) w -> Verdict.admit((ended, outcome) -> {
                    throw new StackOverflowError();
                }),
                new Own("c")));
        ring.admit(work);

        ring.settle(work, OK);

        assertThat(trace).containsExactly("+a", "+c", "-c 200", "-a 200");
    }

    @Test
    void goesOnAfterAWaitWhereItStopped() {
        Ring<Work> ring = new Ring<>(
                List.of(new Own("a"), (Stage<Work>) w -> new Verdict.Admit<>(new Foreign("slow"), 7), new Own("c")));

        Verdict<?> first = ring.admit(work);
        assertThat(((Verdict.Admit<?>) first).delayNanos()).isEqualTo(7);
        assertThat(trace).containsExactly("+a");

        assertThat(ring.admit(work)).isNull();
        ring.settle(work, OK);
        assertThat(trace).containsExactly("+a", "+c", "-c 200", "-slow 200", "-a 200");
    }

    @Test
    void tellsOnlyThoseItMetWhenWorkEndsDuringAWait() {
        Ring<Work> ring =
                new Ring<>(List.of(new Own("a"), (Stage<Work>) w -> new Verdict.Admit<>(null, 7), new Own("never")));
        ring.admit(work);

        ring.settle(work, Outcome.Cancelled.INSTANCE);

        assertThat(trace).containsExactly("+a", "-a Cancelled[]");
        assertThat(ring.admit(work)).isNull();
        assertThat(trace).hasSize(2);
    }

    @Test
    void holdsAsManyStagesAsItHasBits() {
        List<Stage<Work>> many = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            many.add(new Own("s" + i));
        }
        Ring<Work> ring = new Ring<>(many);

        ring.admit(work);
        ring.settle(work, OK);

        assertThat(trace).hasSize(64).last().isEqualTo("-s0 200");
        assertThatThrownBy(() -> new Ring<Work>(Collections.nCopies(33, new Own("x"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static final class Work extends Passage {}

    private String text(Outcome outcome) {
        return outcome instanceof Response response ? String.valueOf(response.httpStatus()) : outcome.toString();
    }

    private final class Own implements Stage<Work>, Ticket<Work> {
        private final String name;

        Own(String name) {
            this.name = name;
        }

        @Override
        public Verdict<Work> admit(Work admitted) {
            trace.add("+" + name);
            return Verdict.admit(this);
        }

        @Override
        public void settle(Work settled, Outcome outcome) {
            trace.add("-" + name + " " + text(outcome));
        }
    }

    private final class Foreign implements Stage<Work>, Ticket<Work> {
        private final String name;

        Foreign(String name) {
            this.name = name;
        }

        @Override
        public Verdict<Work> admit(Work admitted) {
            trace.add("+" + name);
            return Verdict.admit(new Foreign(name));
        }

        @Override
        public void settle(Work settled, Outcome outcome) {
            trace.add("-" + name + " " + text(outcome));
        }
    }
}
