package io.inmesh.server.rollout;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.AuditLog;
import io.inmesh.server.graph.Sample;
import io.inmesh.server.graph.Selection;
import io.inmesh.server.graph.TrafficGraph;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.rollout.ByHand.NotNowException;
import io.inmesh.server.rollout.RolloutSpec.Destination;
import io.inmesh.server.rollout.RolloutTable.Kept;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Version;
import io.inmesh.server.write.Author;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Origin;
import io.inmesh.server.write.WriteResult;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries rollouts out: looks at each again and again, has {@link Progress} decide, keeps the decision, then writes the weights as any user
 * would. It remembers nothing itself but since when it looks. Safe for use by several threads, and by several servers on one store.
 */
public final class Rollouts {

    private static final Logger LOG = LoggerFactory.getLogger(Rollouts.class);
    private static final int ATTEMPTS = 20;
    /** A reading reaches back to whole steps, of ten seconds or beyond five minutes of one minute; what was before the step is left out. */
    private static final Duration FINE = Duration.ofSeconds(10);

    private static final Duration COARSE = Duration.ofMinutes(2);
    private static final Duration COARSE_FROM = Duration.ofMinutes(5);

    private final ConfigWriter writer;
    private final RolloutTable table;
    private final Traffic traffic;
    private final AuditLog audit;
    private final RolloutMeters meters;
    private final InstantSource clock;
    private final Instant began;
    private final String clusterDomain;

    /** Tells what came of requests. */
    @FunctionalInterface
    public interface Traffic {

        /** {@return what came lately of requests that routes led to a version} */
        Sample of(Destination version, Duration window);
    }

    /** A rollout cannot be told that now. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(@Nullable String message) {
            super(message);
        }
    }

    /**
     * Carries out the rollouts of a configuration.
     *
     * @param writer where they are, and where weights are written
     * @param engine where statuses are kept
     * @param traffic what to judge by
     * @param audit is told what happens
     * @param meters shown how they stand
     * @param clock wall-clock time
     * @param settings how hosts are named
     */
    public Rollouts(
            ConfigWriter writer,
            Engine engine,
            Traffic traffic,
            AuditLog audit,
            MeterRegistry meters,
            InstantSource clock,
            RuleSettings settings) {
        this.writer = writer;
        this.table = new RolloutTable(engine);
        this.traffic = traffic;
        this.audit = audit;
        this.meters = new RolloutMeters(meters);
        this.clock = clock;
        this.began = clock.instant();
        this.clusterDomain = settings.clusterDomain();
    }

    /**
     * As the constructor, judging by the graph of services.
     *
     * @param graph what processes reported
     */
    public static Rollouts judgingBy(
            TrafficGraph graph,
            ConfigWriter writer,
            Engine engine,
            AuditLog audit,
            MeterRegistry meters,
            InstantSource clock,
            RuleSettings settings) {
        return new Rollouts(
                writer,
                engine,
                (version, window) ->
                        Sample.of(graph.read(window, Selection.destination(version.host(), version.subset()))),
                audit,
                meters,
                clock,
                settings);
    }

    /**
     * Looks at each rollout once. To be done by one of the servers on a store.
     *
     * @param fence what has to be so for this server to decide
     */
    public void advance(Guard fence) {
        advance(List.of(fence));
    }

    /** Shows nothing of rollouts in the metrics: another server carries them out. */
    public void rest() {
        meters.show(Map.of(), clock.instant());
    }

    void advance(List<Guard> fence) {
        List<Resource> rollouts = writer.store().view().byKind("Rollout");
        Map<ResourceKey, RolloutStatus> statuses = new LinkedHashMap<>();
        for (Resource rollout : rollouts) {
            try {
                statuses.put(rollout.key(), advance(rollout, fence));
            } catch (RuntimeException e) {
                LOG.error("{} could not be carried on; it is tried again", rollout.key(), e);
            }
        }
        Set<ResourceKey> alive = rollouts.stream().map(Resource::key).collect(Collectors.toSet());
        table.keepOnly(alive, fence);
        meters.show(statuses, clock.instant());
    }

    private RolloutStatus advance(Resource rollout, List<Guard> fence) {
        RolloutSpec spec = RolloutSpec.read(rollout, clusterDomain);
        // The status first: weights in a configuration read later are those it speaks of, or somebody else's.
        Kept kept = table.get(rollout.key());
        Look look = new Look(rollout, spec, kept.status());
        Decision decision = Progress.next(spec, rollout.uid(), rollout.generation(), kept.status(), look.situation());
        if (keep(rollout, kept, decision, "rollout " + rollout.key().name(), fence) && decision.write() != null) {
            write(rollout, look, decision, fence);
        }
        return decision.status();
    }

    /** What is found around one rollout at one moment. */
    private final class Look {
        private final RolloutSpec spec;
        private final @Nullable RolloutStatus status;
        private final TargetRoute.Found found;
        private final Instant now = clock.instant();

        Look(Resource rollout, RolloutSpec spec, @Nullable RolloutStatus status) {
            ConfigView view = writer.store().view();
            this.spec = spec;
            this.status = status;
            this.found = TargetRoute.find(view, spec, rollout.key().namespace(), clusterDomain);
        }

        Situation situation() {
            TargetRoute route = found.route();
            return new Situation(
                    now,
                    began,
                    route == null ? null : route.weights(),
                    found.problem(),
                    route == null ? "" : lastWriter(route.resource().key()),
                    this::finding);
        }

        private Finding finding() {
            Duration window = window(spec, status, now);
            return Judge.judge(
                    spec.analysis(), now, traffic.of(spec.stable(), window), traffic.of(spec.canary(), window));
        }
    }

    private static Duration window(RolloutSpec spec, @Nullable RolloutStatus status, Instant now) {
        Duration elapsed = status == null ? Duration.ZERO : Duration.between(status.since(), now);
        Duration own = elapsed.minus(elapsed.compareTo(COARSE_FROM) < 0 ? FINE : COARSE);
        Duration wanted = spec.analysis().window();
        Duration window = own.compareTo(wanted) < 0 ? own : wanted;
        return window.compareTo(FINE) < 0 ? FINE : window;
    }

    private String lastWriter(ResourceKey key) {
        List<Version> versions = writer.store().versions(key);
        String author = versions.isEmpty() ? "" : versions.get(0).author();
        return author.isEmpty() ? "somebody" : author;
    }

    private boolean keep(Resource rollout, Kept kept, Decision decision, String actor, List<Guard> fence) {
        if (!table.replace(rollout.key(), kept, decision.status(), fence)) {
            return false;
        }
        if (!decision.event().isEmpty()) {
            meters.happened(decision.event());
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("rollout", rollout.key().namespace() + "/" + rollout.key().name());
            facts.put("phase", decision.status().phase().word());
            facts.put("step", Integer.toString(decision.status().step() + 1));
            RolloutStatus.Shift shift = decision.status().shift();
            if (shift != null) {
                facts.put("weights", shift.wanted().toString());
            }
            facts.put("reason", decision.status().reason());
            audit.submit(decision.event(), actor, facts).whenComplete((entry, failure) -> {
                if (failure != null) {
                    LOG.warn("the audit log could not take what became of {}", rollout.key(), failure);
                }
            });
            LOG.info(
                    "{}: {}: {}",
                    rollout.key(),
                    decision.event(),
                    decision.status().reason());
        }
        return true;
    }

    private void write(Resource rollout, Look look, Decision decision, List<Guard> fence) {
        TargetRoute route = look.found.route();
        Weights weights = decision.write();
        if (route == null || weights == null) {
            return;
        }
        Author author = new Author(
                "rollout " + rollout.key().name(),
                Map.of(
                        "rollout",
                        rollout.key().toString(),
                        "reason",
                        decision.status().reason()));
        try {
            WriteResult result = writer.apply(
                    List.of(route.with(weights)),
                    rollout.key().namespace(),
                    route.resource().resourceVersion(),
                    Origin.API,
                    author,
                    false);
            if (!result.accepted()) {
                String why = result.errors().stream()
                        .map(problem -> problem.resource() + " " + problem.fieldPath() + " " + problem.message())
                        .collect(Collectors.joining("; "));
                Kept kept = table.get(rollout.key());
                if (decision.status().equals(kept.status())) {
                    keep(
                            rollout,
                            kept,
                            Progress.refused(decision.status(), why, clock.instant()),
                            author.name(),
                            fence);
                }
            }
        } catch (ConflictException e) {
            LOG.debug("{}: the route was changed meanwhile; it is looked at again", rollout.key());
        }
    }

    /**
     * Tells a rollout something.
     *
     * @param actor who says so
     * @throws RefusedException if that cannot be done now; the message says why
     */
    public void tell(ResourceKey key, Command command, String actor) throws RefusedException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Resource rollout =
                    writer.store().view().get(key).orElseThrow(() -> new RefusedException("there is no " + key));
            RolloutSpec spec = RolloutSpec.read(rollout, clusterDomain);
            Kept kept = table.get(key);
            RolloutStatus status = kept.status() != null && kept.status().uid().equals(rollout.uid())
                    ? kept.status()
                    : RolloutStatus.pending(rollout.uid(), rollout.generation(), spec.subject(), clock.instant());
            try {
                Decision decision =
                        ByHand.tell(spec, status, command, new Look(rollout, spec, status).situation(), actor);
                if (keep(rollout, kept, decision, actor, List.of())) {
                    return;
                }
            } catch (NotNowException e) {
                throw new RefusedException(e.getMessage());
            }
        }
        throw new RefusedException(key + " changes too fast; try again");
    }

    /** {@return the status of a rollout as it is shown; empty if it was not looked at yet} */
    public Optional<ObjectNode> status(Resource rollout) {
        RolloutStatus status = table.get(rollout.key()).status();
        return status == null || !status.uid().equals(rollout.uid())
                ? Optional.empty()
                : Optional.of(StatusJson.shown(status)
                        .put(
                                "steps",
                                RolloutSpec.read(rollout, clusterDomain).steps().size()));
    }
}
