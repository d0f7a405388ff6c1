package io.inmesh.dispatch;

import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.stage.Passage;
import io.inmesh.stage.Ring;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;
import io.inmesh.testkit.FakeCall;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One call through rings of stages that admit, delay, refuse, throw and cancel by the numbers of a seed, with attempts that end by the
 * same numbers. Whoever drives it, the numbers are drawn in the order of events, so equal seeds must give equal traces.
 */
final class Chaos {

    private static final IOException NO_CAUSE = new IOException("test");

    final List<String> trace = new ArrayList<>();
    final Scene scene;
    final Dispatch dispatch;
    final OutboundGate gate;

    private final SplittableRandom random;
    private final List<Recorded> tickets = new ArrayList<>();

    Chaos(long seed) {
        random = new SplittableRandom(seed);
        RetryConfig retry = new RetryConfig(
                random.nextInt(5),
                EnumSet.of(Condition.SERVER_ERROR),
                Set.of(),
                random.nextInt(3) == 0 ? Duration.ofMillis(20) : null,
                Duration.ofMillis(5),
                Duration.ofMillis(40),
                random.nextBoolean());
        scene = new Scene(
                Scene.route()
                        .withRetry(retry)
                        .withTimeout(random.nextInt(3) == 0 ? Duration.ofMillis(1 + random.nextInt(60)) : null),
                Scene.endpoints(random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(3))
                        .withRetryBudget(RetryBudgetConfig.succeeded(0, random.nextInt(4) == 0 ? 0 : 1)));
        gate = new OutboundGate(scene.clock, scene.randomness, ring("call"), ring("attempt"), Mirroring.NONE);
        dispatch = gate.dispatch(FakeCall.get("/"), scene.snapshot.routes().find("reviews", 9080), scene.snapshot);
    }

    private <W extends Passage> Ring<W> ring(String name) {
        List<Stage<W>> stages = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            stages.add(new Moody<>(name + i));
        }
        return new Ring<>(stages);
    }

    /** {@return how the next attempt ends} */
    Outcome send(Attempt attempt) {
        trace.add("send " + attempt.number() + " to " + attempt.endpoint());
        maybeCancel("sending");
        scene.clock.advanceNanos(random.nextInt(10_000_000));
        return switch (random.nextInt(6)) {
            case 0 -> Outcome.Response.http(200);
            case 1 -> Outcome.Response.http(404);
            case 2 -> new Outcome.Failure(Outcome.Failure.Kind.RESET, true, NO_CAUSE);
            case 3 -> new Outcome.Failure(Outcome.Failure.Kind.CONNECT, false, NO_CAUSE);
            case 4 -> new Outcome.Response(503, -1, random.nextInt(20));
            default -> Outcome.Response.http(500);
        };
    }

    /** {@return whether the sender answers later instead of at once} */
    boolean later() {
        return random.nextBoolean();
    }

    void ended(Outcome outcome) {
        trace.add("done " + text(outcome));
    }

    /** {@return tickets that were not settled exactly once} */
    List<String> unfair() {
        return tickets.stream()
                .filter(ticket -> ticket.settled != 1)
                .map(ticket -> ticket.name + " settled " + ticket.settled + " times")
                .toList();
    }

    int tickets() {
        return tickets.size();
    }

    private void maybeCancel(String where) {
        if (random.nextInt(40) == 0) {
            trace.add("cancel while " + where);
            dispatch.cancel();
        }
    }

    private static String text(Outcome outcome) {
        return outcome instanceof Outcome.Rejection rejection
                ? rejection.reason().name()
                : outcome.toString();
    }

    private final class Moody<W extends Passage> implements Stage<W> {
        private final String name;

        Moody(String name) {
            this.name = name;
        }

        @Override
        public Verdict<W> admit(W work) {
            trace.add("ask " + name);
            maybeCancel("asking " + name);
            return switch (random.nextInt(30)) {
                case 0 -> Verdict.reject(new Outcome.Rejection(Outcome.Reason.OVERFLOW, 503, 14, name));
                case 1 -> throw new IllegalStateException(name);
                case 2 -> new Verdict.Admit<>(ticket(), 1 + random.nextInt(20_000_000));
                case 3, 4, 5 -> Verdict.admit();
                default -> Verdict.admit(ticket());
            };
        }

        private Ticket<W> ticket() {
            Recorded recorded = new Recorded(name);
            tickets.add(recorded);
            return (work, outcome) -> {
                recorded.settled++;
                trace.add("settle " + name + " " + text(outcome));
                maybeCancel("settling " + name);
                if (random.nextInt(30) == 0) {
                    throw new IllegalStateException("ticket of " + name);
                }
            };
        }
    }

    private static final class Recorded {
        final String name;
        int settled;

        Recorded(String name) {
            this.name = name;
        }
    }
}
