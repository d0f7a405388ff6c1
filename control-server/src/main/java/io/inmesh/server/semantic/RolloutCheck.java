package io.inmesh.server.semantic;

import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.rollout.RolloutSpec;
import io.inmesh.server.rollout.TargetRoute;
import io.inmesh.server.rule.Field;
import io.inmesh.server.write.Origin;
import java.time.Duration;
import java.util.List;

/** Rollouts: steps that lead up, criteria that can be met, a route that is there and may be shifted. */
final class RolloutCheck {
    private static final Duration LEAST_INTERVAL = Duration.ofSeconds(1);
    private static final Duration LEAST_WINDOW = Duration.ofSeconds(10);
    private static final Duration LONGEST_WINDOW = Duration.ofHours(1);
    private static final double MOST_FACTOR = 100;
    private static final int MOST_STEPS = 50;

    private RolloutCheck() {}

    static void check(Report report, Mesh mesh) {
        Field spec = Field.spec(report.resource());
        for (String name : List.of("stable", "canary")) {
            report.required(spec.get(name).get("host"));
            if (!spec.get("target").get("kind").text().equals("VirtualService")
                    && spec.get(name).get("subset").present()) {
                report.add(
                        Check.BAD_VALUE,
                        spec.get(name).get("subset"),
                        "is for VirtualServices; a route of the Gateway API leads to Services, which host names");
            }
        }
        steps(report, spec);
        analysis(report, spec.get("analysis"));
        deadline(report, spec);
        RolloutSpec read = RolloutSpec.read(report.resource(), mesh.settings().clusterDomain());
        if (read.stable().equals(read.canary())) {
            report.add(
                    Check.BAD_VALUE, spec.get("canary"), "is the stable version too, so there is nothing to roll out");
        }
        target(report, mesh, spec, read);
    }

    private static void steps(Report report, Field spec) {
        List<Field> steps = spec.get("steps").items();
        if (steps.isEmpty() || steps.size() > MOST_STEPS) {
            report.add(Check.BAD_VALUE, spec.get("steps"), "has " + steps.size() + " steps, not 1 to " + MOST_STEPS);
        }
        Duration deadline = spec.get("progressDeadline").duration().orElse(null);
        int reached = 0;
        for (Field step : steps) {
            boolean weight = step.get("weight").present();
            if (weight == step.get("pause").present()) {
                report.add(Check.REQUIRED, step, "is either a weight, with a wait, or a pause");
            }
            if (step.get("pause").present() && step.get("wait").present()) {
                report.add(Check.EXCLUSIVE, step, "a pause waits for somebody, not for a time");
            }
            report.duration(step.get("wait"), true);
            int next = step.get("weight").integer(reached + 1);
            if (weight && next <= reached) {
                report.add(
                        Check.BAD_VALUE,
                        step.get("weight"),
                        next + " is not more than the " + reached + " of the steps before");
            }
            reached = weight ? next : reached;
            Duration wait = step.get("wait").duration().orElse(Duration.ZERO);
            if (deadline != null && wait.compareTo(deadline) >= 0) {
                report.add(
                        Check.BAD_VALUE,
                        step.get("wait"),
                        "is not less than progressDeadline, so this step could never be passed");
            }
        }
        if (reached == 0) {
            report.add(
                    Check.REQUIRED,
                    spec.get("steps"),
                    "gives the canary no weight, so there is nothing to judge it by");
        }
    }

    private static void analysis(Report report, Field analysis) {
        between(report, analysis.get("interval"), LEAST_INTERVAL, LONGEST_WINDOW);
        between(report, analysis.get("window"), LEAST_WINDOW, LONGEST_WINDOW);
        Field errors = analysis.get("errorRate");
        Field latency = analysis.get("latency");
        if (errors.absent() && latency.absent()) {
            report.add(Check.REQUIRED, analysis, "has neither errorRate nor latency: nothing would be judged");
        }
        report.range(errors.get("maxPercent"), 0, 99);
        report.range(latency.get("percentile"), 50, 99.9);
        report.duration(latency.get("max"), false);
        limited(report, errors, "maxPercent");
        limited(report, latency, "max");
        Field compared = errors.get("comparedToStable");
        report.range(compared.get("maxFactor"), 1, MOST_FACTOR);
        report.range(compared.get("maxPoints"), 0, 99);
        report.range(latency.get("comparedToStable").get("maxFactor"), 1, MOST_FACTOR);
        tolerant(report, compared);
        tolerant(report, latency.get("comparedToStable"));
    }

    private static void limited(Report report, Field criterion, String max) {
        if (criterion.present()
                && criterion.get(max).absent()
                && criterion.get("comparedToStable").absent()) {
            report.add(Check.REQUIRED, criterion, "has neither " + max + " nor comparedToStable");
        }
    }

    /** Without any tolerance two versions that are alike would be worse than each other by turns. */
    private static void tolerant(Report report, Field compared) {
        if (compared.present()
                && compared.get("maxFactor").decimal().orElse(1) <= 1
                && compared.get("maxPoints").decimal().orElse(0) <= 0) {
            report.add(
                    Check.BAD_VALUE,
                    compared,
                    "leaves nothing to chance: maxFactor has to be above 1" + points(compared));
        }
    }

    private static String points(Field compared) {
        return compared.path().contains("errorRate") ? " or maxPoints above 0" : "";
    }

    /** Each step takes an analysis, and the first comes after one interval. */
    private static void deadline(Report report, Field spec) {
        Field deadline = spec.get("progressDeadline");
        report.duration(deadline, false);
        Duration interval = spec.get("analysis").get("interval").duration().orElse(RolloutSpec.Analysis.INTERVAL);
        if (deadline.duration().filter(most -> most.compareTo(interval) <= 0).isPresent()) {
            report.add(
                    Check.BAD_VALUE,
                    deadline,
                    "is not more than analysis.interval (" + interval.toSeconds()
                            + "s), so every step would be late before it is judged");
        }
    }

    private static void between(Report report, Field field, Duration least, Duration most) {
        if (field.absent()) {
            return;
        }
        boolean fits = field.duration()
                .filter(value -> value.compareTo(least) >= 0 && value.compareTo(most) <= 0)
                .isPresent();
        if (!fits) {
            report.add(
                    Check.BAD_VALUE,
                    field,
                    "\"" + field.text() + "\" is not between " + least.toSeconds() + "s and " + most.toSeconds() + "s");
        }
    }

    private static void target(Report report, Mesh mesh, Field spec, RolloutSpec read) {
        String namespace = report.resource().key().namespace();
        TargetRoute.Found found =
                TargetRoute.find(mesh.view(), read, namespace, mesh.settings().clusterDomain());
        TargetRoute route = found.route();
        if (route == null) {
            report.add(Check.ROLLOUT_WAITS, spec.get("target"), found.problem() + ": the rollout waits for one");
        } else if (!Origin.of(route.resource()).equals(Origin.API)) {
            report.add(
                    Check.ROLLOUT_KEPT_ELSEWHERE,
                    spec.get("target"),
                    "is kept by " + Origin.of(route.resource()) + ", which alone may change its weights");
        }
        ResourceKey mine = report.resource().key();
        for (Resource other : mesh.view().byKind("Rollout")) {
            boolean same = !other.key().equals(mine)
                    && other.key().namespace().equals(namespace)
                    && RolloutSpec.read(other, mesh.settings().clusterDomain())
                            .target()
                            .equals(read.target());
            if (same) {
                report.add(
                        Check.POLICY_CONFLICT,
                        spec.get("target"),
                        "is the target of " + other.key() + " too; each pauses when the other shifts it");
            }
        }
    }
}
