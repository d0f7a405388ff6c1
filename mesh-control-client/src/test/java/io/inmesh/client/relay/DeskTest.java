package io.inmesh.client.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.inmesh.call.Outcome;
import io.inmesh.live.LiveRequests;
import io.inmesh.live.SeenRequest;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.time.Scheduler;
import io.inmesh.xds.relay.Answer;
import io.inmesh.xds.relay.Believe;
import io.inmesh.xds.relay.Cancel;
import io.inmesh.xds.relay.Find;
import io.inmesh.xds.relay.LogLevel;
import io.inmesh.xds.relay.Question;
import io.inmesh.xds.relay.Tap;
import io.inmesh.xds.relay.Ticket;
import io.inmesh.xds.status.ClientConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeskTest {

    private final FakeClock clock = new FakeClock();
    private final FakeScheduler time = new FakeScheduler(clock);
    private final LiveRequests live = new LiveRequests(clock, bound -> bound - 1);
    private final Map<String, String> levels = new HashMap<>(Map.of("com.example", "WARN"));
    private final List<Answer> answers = new ArrayList<>();
    private boolean ready = true;
    private final Outlet outlet = new Outlet() {
        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public void send(Answer part) {
            answers.add(part);
        }
    };
    private final Timers timers = new Timers() {
        @Override
        public Scheduler.Cancellable schedule(Runnable task, long delayNanos) {
            return time.schedule(task, delayNanos);
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    };
    private final LogBackend backend = new LogBackend() {
        @Override
        public @Nullable String level(String logger) {
            return levels.get(logger);
        }

        @Override
        public void level(String logger, @Nullable String level) {
            if (level == null) {
                levels.remove(logger);
            } else {
                levels.put(logger, level);
            }
        }
    };
    private final Desk desk = new Desk(
            live,
            clock,
            timers,
            contents -> ClientConfig.newBuilder()
                    .setClientScope(contents ? "whole" : "names")
                    .build(),
            () -> backend);

    @Test
    void aTapSendsRequestsAsTheyEndAndEndsAfterSoMany() {
        desk.ask(tap(1, Tap.newBuilder().setMaxRequests(2).setDuration(seconds(60))), outlet);
        show(3);

        assertThat(answers).hasSize(3);
        assertThat(answers.get(0).getSeen().getHost()).isEqualTo("reviews");
        assertThat(answers.get(2).hasEnded()).isTrue();
        assertThat(live.wants(Outcome.Response.http(200)))
                .as("nobody watches any more")
                .isFalse();
    }

    @Test
    void aTapEndsByItselfAfterItsTimeAndNeverLastsLongerThanItMay() {
        desk.ask(tap(1, Tap.newBuilder().setDuration(seconds(60))), outlet);
        desk.ask(tap(2, Tap.newBuilder().setDuration(seconds(1_000_000))), outlet);

        time.advance(java.time.Duration.ofSeconds(60));
        assertThat(answers).extracting(Answer::getNumber).containsExactly(1L);
        time.advance(java.time.Duration.ofNanos(Desk.LONGEST_TAP_NANOS));
        assertThat(answers).extracting(Answer::getNumber).containsExactly(1L, 2L);
        assertThat(answers).allMatch(Answer::hasEnded);
    }

    @Test
    void theProcessHasACapOfItsOwnOnWhatIsShown() {
        desk.ask(tap(1, Tap.newBuilder().setMaxPerSecond(-1).setDuration(seconds(60))), outlet);
        show(Desk.MOST_PER_SECOND + 5);
        assertThat(answers).hasSize(Desk.MOST_PER_SECOND);

        desk.ask(cancel(1), outlet);
        assertThat(answers.get(Desk.MOST_PER_SECOND).getEnded().getSkipped()).isEqualTo(5);
    }

    @Test
    void whatCannotBeSentWaitsWithinBoundsAndIsCounted() {
        ready = false;
        desk.ask(tap(1, Tap.newBuilder().setMaxPerSecond(100).setDuration(seconds(100))), outlet);
        for (int second = 0; second < 5; second++) {
            show(100);
            clock.advance(java.time.Duration.ofSeconds(1));
        }
        assertThat(answers).isEmpty();

        ready = true;
        desk.ready();
        assertThat(answers).hasSize(Watching.QUEUED);
        desk.ask(cancel(1), outlet);
        assertThat(answers.get(answers.size() - 1).getEnded().getSkipped()).isEqualTo(500 - Watching.QUEUED);
    }

    @Test
    void aLostConnectionEndsAllTapsWithoutAWord() {
        desk.ask(tap(1, Tap.newBuilder().setDuration(seconds(60))), outlet);
        desk.disconnected();
        show(1);

        assertThat(answers).isEmpty();
        assertThat(live.wants(Outcome.Response.http(200))).isFalse();
    }

    @Test
    void tooManyTapsAreRefused() {
        for (int i = 1; i <= LiveRequests.MOST_TAPS + 1; i++) {
            desk.ask(tap(i, Tap.newBuilder().setDuration(seconds(60))), outlet);
        }
        assertThat(answers)
                .singleElement()
                .satisfies(answer -> assertThat(answer.getEnded().getRefusal()).contains("watch this process already"));
    }

    @Test
    void aRequestSeenLatelyIsFound() {
        live.show(seen(503, "r1"), Outcome.Response.http(503));
        desk.ask(question(7).setFind(Find.newBuilder().setRequestId("r1")).build(), outlet);

        assertThat(answers).hasSize(2).allMatch(answer -> answer.getNumber() == 7);
        assertThat(answers.get(0).getSeen().getStatus()).isEqualTo(503);
        assertThat(answers.get(1).getEnded().getRefusal()).isEmpty();
    }

    @Test
    void beliefsAreToldWithContentsUnlessNamesWillDo() {
        desk.ask(question(1).setBelieve(Believe.newBuilder()).build(), outlet);
        desk.ask(
                question(2)
                        .setBelieve(Believe.newBuilder().setExcludeResourceContents(true))
                        .build(),
                outlet);

        assertThat(answers.get(0).getBelief().getClientScope()).isEqualTo("whole");
        assertThat(answers.get(2).getBelief().getClientScope()).isEqualTo("names");
    }

    @Test
    void aLogLevelGoesBackByItselfToWhatItWasBeforeAllChanges() {
        desk.ask(level("com.example", "debug", 60), outlet);
        assertThat(levels).containsEntry("com.example", "DEBUG");
        assertThat(answers.get(0).getLevel().getBefore()).isEqualTo("WARN");
        assertThat(answers.get(0).getLevel().getUntil().getSeconds()).isEqualTo(clock.epochMillis() / 1000 + 60);

        time.advance(java.time.Duration.ofSeconds(30));
        desk.ask(level("com.example", "trace", 60), outlet);
        time.advance(java.time.Duration.ofSeconds(59));
        assertThat(levels).containsEntry("com.example", "TRACE");
        time.advance(java.time.Duration.ofSeconds(1));
        assertThat(levels).containsEntry("com.example", "WARN");
    }

    @Test
    void aLoggerWithoutLevelOfItsOwnHasNoneAfterwards() {
        desk.ask(level("com.other", "debug", 60), outlet);
        desk.disconnected();
        assertThat(levels).as("it outlives the connection").containsEntry("com.other", "DEBUG");
        time.advance(java.time.Duration.ofSeconds(60));
        assertThat(levels).doesNotContainKey("com.other");
    }

    @Test
    void closingTakesLogLevelsBackAtOnce() {
        desk.ask(level("com.example", "debug", 600), outlet);
        desk.close();
        assertThat(levels).containsEntry("com.example", "WARN");
    }

    @Test
    void noLevelLastsLongerThanItMayAndNotTooManyAreChanged() {
        desk.ask(level("com.example", "debug", 1_000_000), outlet);
        time.advance(java.time.Duration.ofNanos(LogLevels.LONGEST_NANOS));
        assertThat(levels).containsEntry("com.example", "WARN");

        answers.clear();
        for (int i = 0; i <= LogLevels.MOST_LOGGERS; i++) {
            desk.ask(level("logger" + i, "debug", 60), outlet);
        }
        assertThat(answers.get(answers.size() - 1).getEnded().getRefusal()).contains("loggers are changed already");
    }

    @Test
    void whatIsNoLevelIsRefused() {
        desk.ask(level("com.example", "loud", 60), outlet);
        assertThat(answers)
                .singleElement()
                .satisfies(answer -> assertThat(answer.getEnded().getRefusal()).contains("\"loud\" is no level"));
        assertThat(levels).containsEntry("com.example", "WARN");
    }

    @Test
    void logsThatCannotBeChangedAreSaidToBeSo() {
        Desk other = new Desk(live, clock, timers, contents -> ClientConfig.getDefaultInstance(), () -> {
            throw new UnsupportedOperationException("this process logs to something else");
        });
        other.ask(level("com.example", "debug", 60), outlet);
        assertThat(answers)
                .singleElement()
                .satisfies(answer ->
                        assertThat(answer.getEnded().getRefusal()).isEqualTo("this process logs to something else"));
    }

    @Test
    void nothingIsAnsweredWithoutATicketOrWithAnOldOne() {
        desk.ask(Question.newBuilder().setNumber(1).setFind(Find.newBuilder()).build(), outlet);
        Ticket old = Ticket.newBuilder()
                .setId("t")
                .setPrincipal("ann")
                .setIssued(
                        Timestamp.newBuilder().setSeconds((clock.epochMillis() - Desk.OLDEST_TICKET_MILLIS) / 1000 - 1))
                .build();
        desk.ask(
                Question.newBuilder()
                        .setNumber(2)
                        .setTicket(old)
                        .setFind(Find.newBuilder())
                        .build(),
                outlet);

        assertThat(answers.get(0).getEnded().getRefusal()).isEqualTo("the question has no ticket");
        assertThat(answers.get(1).getEnded().getRefusal()).contains("the ticket is not of now");
        assertThat(answers).hasSize(2);
    }

    private void show(int count) {
        for (int i = 0; i < count; i++) {
            live.show(seen(200, "r"), Outcome.Response.http(200));
        }
    }

    private Question tap(long number, Tap.Builder tap) {
        return question(number).setTap(tap).build();
    }

    private Question level(String logger, String level, long seconds) {
        return question(1)
                .setLogLevel(
                        LogLevel.newBuilder().setLogger(logger).setLevel(level).setDuration(seconds(seconds)))
                .build();
    }

    private Question cancel(long number) {
        return question(number).setCancel(Cancel.getDefaultInstance()).build();
    }

    private Question.Builder question(long number) {
        return Question.newBuilder()
                .setNumber(number)
                .setTicket(Ticket.newBuilder()
                        .setId("t" + number)
                        .setPrincipal("ann")
                        .setIssued(Timestamp.newBuilder().setSeconds(clock.epochMillis() / 1000)));
    }

    private static Duration seconds(long seconds) {
        return Duration.newBuilder().setSeconds(seconds).build();
    }

    private static SeenRequest seen(int status, String id) {
        return new SeenRequest(
                true,
                0,
                1,
                "http",
                "GET",
                "reviews",
                9080,
                "/",
                Map.of("x-request-id", id),
                "",
                status,
                -1,
                "answered",
                "",
                "",
                "",
                "",
                "",
                "",
                List.of(),
                1,
                "",
                "",
                "",
                null);
    }
}
