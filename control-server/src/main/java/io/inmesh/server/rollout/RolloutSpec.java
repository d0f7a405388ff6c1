package io.inmesh.server.rollout;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.HostName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code Rollout} of {@code inmesh.io/v1alpha1} asks for, with defaults filled in.
 *
 * @param target the route whose weights are shifted
 * @param stable where it leads now
 * @param canary where it is to lead
 * @param steps what happens in which order, at least one; after the last one the canary is promoted
 * @param analysis how the canary is judged
 * @param rollBack whether a canary that fails is taken back; else the rollout pauses
 * @param progressDeadline how long a step may take altogether; null for as long as it takes
 */
public record RolloutSpec(
        Target target,
        Destination stable,
        Destination canary,
        List<Step> steps,
        Analysis analysis,
        boolean rollBack,
        @Nullable Duration progressDeadline) {

    private static final double PERCENT = 100;

    /** Copies the steps. */
    public RolloutSpec {
        steps = List.copyOf(steps);
    }

    /**
     * A route.
     *
     * @param kind {@code VirtualService}, {@code HTTPRoute} or {@code GRPCRoute}
     * @param name name of the resource, which is in the rollout's namespace
     * @param route name of the route or rule in it; empty if only one leads to both versions
     */
    public record Target(String kind, String name, String route) {}

    /**
     * A version, as routes name it.
     *
     * @param host full host name
     * @param subset subset of a DestinationRule; empty for all of the service
     */
    public record Destination(String host, String subset) {

        /** {@return its name for people} */
        public String name() {
            return subset.isEmpty() ? host.substring(0, (host + ".").indexOf('.')) : subset;
        }
    }

    /**
     * One step.
     *
     * @param weight percent of the requests that the canary gets; 0 for a gate, which leaves the weights and waits for somebody
     * @param pause how long at least before the next step
     */
    public record Step(int weight, Duration pause) {

        /** {@return whether only somebody's word leads on from here} */
        public boolean gate() {
            return weight == 0;
        }
    }

    /**
     * How a canary is judged.
     *
     * @param interval how often
     * @param window how far to look back, though never to before the step
     * @param minRequests of how many requests at least, else nothing is concluded
     * @param failureLimit how many failed analyses of one step are borne
     * @param errorRate highest share of failures; null if that does not matter
     * @param latency longest duration; null if that does not matter
     */
    public record Analysis(
            Duration interval,
            Duration window,
            long minRequests,
            int failureLimit,
            @Nullable Limit errorRate,
            @Nullable Limit latency) {

        /** How often a canary is judged where nothing is said. */
        public static final Duration INTERVAL = Duration.ofSeconds(30);

        static final Duration WINDOW = Duration.ofMinutes(5);
        static final int MIN_REQUESTS = 100;
        static final int FAILURE_LIMIT = 1;
    }

    /**
     * The bounds of one criterion; at least one of {@code max} and {@code compared} is there.
     *
     * @param quantile of which durations, as a share; 0 for an error rate
     * @param max most at all: a share of the requests, or milliseconds
     * @param compared whether there is a bound by the stable version
     * @param factor how many times the stable version's figure is borne
     * @param plus how much more than that
     */
    public record Limit(double quantile, OptionalDouble max, boolean compared, double factor, double plus) {}

    /**
     * {@return what a resource that was found valid asks for}
     *
     * @param clusterDomain for short host names, which are of the rollout's namespace
     */
    public static RolloutSpec read(Resource rollout, String clusterDomain) {
        Field spec = Field.spec(rollout);
        String namespace = rollout.key().namespace();
        Field target = spec.get("target");
        List<Step> steps = new ArrayList<>();
        for (Field step : spec.get("steps").items()) {
            steps.add(new Step(
                    step.get("weight").integer(0), step.get("wait").duration().orElse(Duration.ZERO)));
        }
        return new RolloutSpec(
                new Target(
                        target.get("kind").text(),
                        target.get("name").text(),
                        target.get("route").text()),
                destination(spec.get("stable"), namespace, clusterDomain),
                destination(spec.get("canary"), namespace, clusterDomain),
                steps,
                analysis(spec.get("analysis")),
                !spec.get("onFailure").text().equals("PAUSE"),
                spec.get("progressDeadline").duration().orElse(null));
    }

    private static Destination destination(Field field, String namespace, String clusterDomain) {
        return new Destination(
                HostName.resolve(field.get("host").text(), namespace, clusterDomain),
                field.get("subset").text());
    }

    private static Analysis analysis(Field analysis) {
        Field latency = analysis.get("latency");
        return new Analysis(
                analysis.get("interval").duration().orElse(Analysis.INTERVAL),
                analysis.get("window").duration().orElse(Analysis.WINDOW),
                analysis.get("minRequests").integer(Analysis.MIN_REQUESTS),
                analysis.get("failureLimit").integer(Analysis.FAILURE_LIMIT),
                limit(
                        analysis.get("errorRate"),
                        0,
                        percent(analysis.get("errorRate").get("maxPercent"))),
                limit(
                        latency,
                        latency.get("percentile").decimal().orElse(0) / PERCENT,
                        latency.get("max")
                                .duration()
                                .map(max -> OptionalDouble.of(max.toNanos() / 1e6))
                                .orElse(OptionalDouble.empty())));
    }

    private static @Nullable Limit limit(Field criterion, double quantile, OptionalDouble max) {
        if (criterion.absent()) {
            return null;
        }
        Field compared = criterion.get("comparedToStable");
        return new Limit(
                quantile,
                max,
                compared.present(),
                compared.get("maxFactor").decimal().orElse(1),
                percent(compared.get("maxPoints")).orElse(0));
    }

    private static OptionalDouble percent(Field field) {
        OptionalDouble percent = field.decimal();
        return percent.isPresent() ? OptionalDouble.of(percent.getAsDouble() / PERCENT) : percent;
    }

    /** {@return what is rolled out where: with another one, weights remembered mean nothing any more} */
    String subject() {
        return target.kind() + "/" + target.name() + "/" + target.route() + " " + stable.host() + "|" + stable.subset()
                + " " + canary.host() + "|" + canary.subset();
    }
}
