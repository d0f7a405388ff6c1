package io.inmesh.server.rollout;

import io.inmesh.server.rollout.ByHand.NotNowException;
import io.inmesh.server.rollout.Finding.Numbers;
import io.inmesh.server.rollout.Finding.Verdict;
import io.inmesh.server.rollout.RolloutSpec.Analysis;
import io.inmesh.server.rollout.RolloutSpec.Destination;
import io.inmesh.server.rollout.RolloutSpec.Limit;
import io.inmesh.server.rollout.RolloutSpec.Step;
import io.inmesh.server.rollout.RolloutSpec.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** A rollout that is looked at once a second, with a route, an analysis and a clock that a test sets. */
abstract class ProgressFixture {

    static final Weights BEFORE = new Weights(100, 0);
    static final Step TEN = new Step(10, Duration.ofSeconds(60));
    static final Step HALF = new Step(50, Duration.ofSeconds(30));
    final List<String> events = new ArrayList<>();
    List<Step> steps = List.of(TEN, HALF);
    boolean rollBack = true;

    @Nullable
    Duration deadline;

    String canary = "v2";
    long generation = 1;

    @Nullable
    RolloutStatus status;

    @Nullable
    Weights route = BEFORE;

    Verdict verdict = Verdict.GOOD;
    int analyses;
    Instant now = Instant.parse("2026-06-01T12:00:00Z");
    Instant began = now;

    void look(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now = now.plusSeconds(1);
            Decision decision = Progress.next(spec(), "uid", generation, status, situation());
            took(decision);
            if (decision.write() != null) {
                route = decision.write();
            }
        }
    }

    void tell(Command command) {
        try {
            took(ByHand.tell(spec(), status(), command, situation(), "eve"));
        } catch (NotNowException e) {
            throw new AssertionError(e);
        }
    }

    private void took(Decision decision) {
        status = decision.status();
        if (!decision.event().isEmpty()) {
            events.add(decision.event());
        }
    }

    RolloutStatus status() {
        return Objects.requireNonNull(status);
    }

    Situation situation() {
        return new Situation(now, began, route, route == null ? "no such route" : "", "bob", () -> {
            analyses++;
            return new Finding(now, verdict, verdict.name(), new Numbers(1, 0, Double.NaN), new Numbers(2, 1, 3.5));
        });
    }

    RolloutSpec spec() {
        return new RolloutSpec(
                new Target("VirtualService", "reviews", ""),
                new Destination("reviews", "v1"),
                new Destination("reviews", canary),
                steps,
                new Analysis(
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(5),
                        100,
                        1,
                        new Limit(0, OptionalDouble.of(0.01), false, 1, 0),
                        null),
                rollBack,
                deadline);
    }
}
