package io.inmesh.server.handover;

import io.grpc.Status;
import io.inmesh.server.ads.ConnectedProcess;
import io.inmesh.server.ads.StreamHub;
import io.inmesh.server.peer.Peers;
import io.inmesh.server.replica.Leadership;
import io.inmesh.server.replica.Replica;
import io.inmesh.server.time.Timer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks processes to go to other control servers: all of them, if this one is cut off from the store and another is not, and the surplus, if this
 * one has far more than others, as after another one was restarted. Asking is to end their streams and connections; they keep what they have, and
 * may come back. {@link #step} for one thread, {@link #report} for all.
 */
public final class HandOver {

    /** How often {@link #step} is to be called. */
    public static final Duration STEP = Duration.ofSeconds(1);

    /** The metric that counts who was asked to go, by reason. */
    private static final String METRIC = "inmesh.handed.over";

    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);

    private final HandOverPlan plan;
    private final Surroundings surroundings;
    private final StreamHub hub;
    private final Timer timer;
    private final RandomGenerator random;
    private final MeterRegistry meters;
    private HandOverPlan.@Nullable Reason reason;
    private int asked;
    private volatile String report = "";

    /**
     * Asks nobody before {@link #step}.
     *
     * @param patience how long something has to be wrong before anybody is asked; up to half as long is added by chance
     * @param surroundings how things stand
     * @param hub the processes
     * @param timer what time it is
     * @param random who is asked first, and when within a step
     * @param meters counts
     */
    public HandOver(
            Duration patience,
            Surroundings surroundings,
            StreamHub hub,
            Timer timer,
            RandomGenerator random,
            MeterRegistry meters) {
        this.plan = new HandOverPlan(patience, random);
        this.surroundings = surroundings;
        this.hub = hub;
        this.timer = timer;
        this.random = random;
        this.meters = meters;
        for (HandOverPlan.Reason why : HandOverPlan.Reason.values()) {
            counter(why);
        }
    }

    /**
     * Where a server looks to see how it stands.
     *
     * @param behind whether this server does not hear of what happens in the store
     * @param leadership which servers there are
     * @param peers asks them whether they hear
     */
    public record Surroundings(BooleanSupplier behind, Leadership leadership, Peers peers) {}

    /** Asks those to go who are to go now, each at a moment of its own until the next step. May take seconds. */
    public void step() {
        if (hub.leaving()) {
            return;
        }
        HandOverPlan.Step step = plan.next(timer.nanoTime(), new Now());
        HandOverPlan.Reason why = step.reason();
        if (why != reason) {
            turn(why);
        }
        if (why == null) {
            report = "";
            return;
        }
        asked += step.processes().size();
        counter(why).increment(step.processes().size());
        report = asked + " processes have been asked to go to other control servers, since this one " + text(why);
        hub.move(
                step.processes(),
                Status.UNAVAILABLE.withDescription("this control server " + text(why) + "; connect to another"),
                STEP,
                random);
    }

    private void turn(HandOverPlan.@Nullable Reason why) {
        if (reason != null) {
            LOG.info("{} clients have been asked to go to other servers; no more are", asked);
        }
        if (why == HandOverPlan.Reason.CUT_OFF) {
            LOG.warn(
                    "this server {} and others may not be; its {} clients are asked to go", text(why), hub.connected());
        } else if (why != null) {
            LOG.info("this server {}; some of its {} clients are asked to go to others", text(why), hub.connected());
        }
        reason = why;
        asked = 0;
    }

    private static String text(HandOverPlan.Reason why) {
        return switch (why) {
            case CUT_OFF -> "is cut off from the store";
            case UNEVEN -> "has more than its share of clients";
        };
    }

    private Counter counter(HandOverPlan.Reason why) {
        return Counter.builder(METRIC)
                .tag("reason", why.name().toLowerCase(Locale.ROOT))
                .description("processes that were asked to go to another control server")
                .register(meters);
    }

    /** {@return what there is to say, for people; empty while nobody is asked to go} */
    public Optional<String> report() {
        return Optional.of(report).filter(text -> !text.isEmpty());
    }

    private final class Now implements HandOverPlan.View {
        @Override
        public boolean behind() {
            return surroundings.behind().getAsBoolean();
        }

        @Override
        public HandOverPlan.Elsewhere elsewhere() {
            return HandOverPlan.Elsewhere.of(surroundings.peers().hearing());
        }

        @Override
        public int own() {
            return hub.connected();
        }

        @Override
        public List<Integer> others() {
            return surroundings.leadership().replicas().stream()
                    .filter(replica ->
                            !replica.id().equals(surroundings.leadership().id()))
                    .map(Replica::streams)
                    .toList();
        }

        @Override
        public Set<String> processes() {
            return hub.processes().stream().map(ConnectedProcess::nodeId).collect(Collectors.toSet());
        }
    }
}
