package io.inmesh.testkit.simulation;

import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.HeaderSink;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.call.Probe;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.drive.CallbackDriver;
import io.inmesh.load.ServerLoad;
import io.inmesh.time.Scheduler.Cancellable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A process that calls: one real {@link Mesh} with the simulation's clock, timers and chance. */
public final class ClientProcess {

    private static final Outcome TIMED_OUT =
            new Failure(Failure.Kind.TIMEOUT, true, new IOException("no answer before the deadline"));

    private final VirtualTime time;
    private final Network network;
    private final Tally tally;
    private final Mesh mesh;
    private final Map<String, Fleet> fleets = new LinkedHashMap<>();

    ClientProcess(VirtualTime time, Network network, Tally tally, SplittableRandom random, ProcessSpec spec) {
        this.time = time;
        this.network = network;
        this.tally = tally;
        spec.fleets().forEach(fleet -> fleets.put(fleet.name(), fleet));
        mesh = Mesh.builder()
                .config(config(spec))
                .clock(time)
                .scheduler(time)
                .randomness(random::nextLong)
                .observer(tally.observer())
                .build();
    }

    /** {@return its mesh, to look at or to give another config} */
    public Mesh mesh() {
        return mesh;
    }

    /**
     * Calls a fleet.
     *
     * @param to whom
     * @param deadlineNanos virtual time at which the caller gives up, {@link Long#MAX_VALUE} for never
     * @param done told how it ended
     */
    public void call(Fleet to, long deadlineNanos, Consumer<Outcome> done) {
        Dispatch dispatch = Objects.requireNonNull(
                mesh.outbound(new SimulatedCall(to.name(), deadlineNanos, this::probe)), "unknown fleet");
        new CallbackDriver(time).run(dispatch, this::send, done);
    }

    private void send(Attempt attempt, Consumer<Outcome> ended) {
        Replica replica = Objects.requireNonNull(fleets.get(attempt.endpoint().host()))
                .at(attempt.endpoint().port());
        Headers headers = new Headers();
        attempt.writeRequestHeaders(headers);
        Exchange exchange = new Exchange(ended);
        if (attempt.deadlineNanos() != Long.MAX_VALUE) {
            exchange.timer =
                    time.schedule(() -> exchange.end(TIMED_OUT), Math.max(0, attempt.deadlineNanos() - time.nanos()));
        }
        long there = network.delayNanos();
        time.schedule(
                () -> {
                    tally.attempt(replica);
                    replica.accept(new Request(
                            attempt,
                            headers.values,
                            time.nanos(),
                            outcome -> reply(exchange, attempt, replica, outcome)));
                },
                there);
    }

    private void reply(Exchange exchange, Attempt attempt, Replica replica, Outcome outcome) {
        ServerLoad load = attempt.asksForLoad() && outcome instanceof Outcome.Response ? replica.load() : null;
        time.schedule(
                () -> {
                    if (load != null && !exchange.over) {
                        attempt.reportLoad(load);
                    }
                    exchange.end(outcome);
                },
                network.delayNanos());
    }

    /** Asks a replica for its load, past its queue, as a filter answers it. */
    private void probe(Probe probe) {
        Replica replica = Objects.requireNonNull(fleets.get(probe.endpoint().host()))
                .at(probe.endpoint().port());
        time.schedule(
                () -> {
                    if (replica.answersProbes()) {
                        ServerLoad load = replica.load();
                        time.schedule(() -> probe.answered(load), network.delayNanos());
                    } else {
                        time.schedule(probe::failed, probe.timeoutNanos());
                    }
                },
                network.delayNanos());
    }

    /** Ends an attempt once: by its answer, or by its deadline. */
    private static final class Exchange {
        private final Consumer<Outcome> ended;
        private @Nullable Cancellable timer;
        private boolean over;

        Exchange(Consumer<Outcome> ended) {
            this.ended = ended;
        }

        void end(Outcome outcome) {
            if (!over) {
                over = true;
                if (timer != null) {
                    timer.cancel();
                }
                ended.accept(outcome);
            }
        }
    }

    private static final class Headers implements HeaderSink {
        private final Map<String, String> values = new LinkedHashMap<>();

        @Override
        public void set(String name, String value) {
            values.put(name, value);
        }

        @Override
        public void add(String name, String value) {
            values.merge(name, value, (before, more) -> before + "," + more);
        }

        @Override
        public void remove(String name) {
            values.remove(name);
        }
    }

    private static MeshConfig config(ProcessSpec spec) {
        MeshConfig.Builder config = MeshConfig.builder();
        for (Fleet fleet : spec.fleets()) {
            config.cluster(fleet.cluster(spec.cluster()));
            config.virtualHost(VirtualHostConfig.of(fleet.name(), spec.route().apply(RouteConfig.to(fleet.name()))));
        }
        return config.build();
    }
}
