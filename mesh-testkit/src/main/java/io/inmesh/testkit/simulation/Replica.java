package io.inmesh.testkit.simulation;

import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.load.LoadMeter;
import io.inmesh.load.ServerLoad;
import io.inmesh.time.Scheduler.Cancellable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One modelled server: some workers, one queue in order of arrival, and whatever is wrong with it at the moment.
 *
 * <p>What changes while requests are served (slowness, failures) holds for those taken up afterwards; what breaks the process (stopping) hits
 * all of them.
 */
public final class Replica {

    private static final Outcome OK = Outcome.Response.http(200);
    private static final Outcome UNAVAILABLE = Outcome.Response.http(503);
    private static final Outcome REFUSED =
            new Failure(Failure.Kind.CONNECT, false, new IOException("connection refused"));
    private static final Outcome RESET = new Failure(Failure.Kind.RESET, true, new IOException("connection reset"));

    private final int index;
    private final VirtualTime time;
    private final SplittableRandom random;
    private final FleetSpec spec;
    private final Gatekeeper gatekeeper;
    private final ArrayDeque<Request> queue = new ArrayDeque<>();
    private final Map<Request, Cancellable> working = new LinkedHashMap<>();

    private int workers;
    private double slowness = 1;
    private double failingShare;
    private long failingNanos;
    private boolean up = true;
    private boolean stuck;
    private long received;
    private long served;
    private long wasted;
    private LoadMeter meter = new LoadMeter();
    private @Nullable Backend backend;

    /** What a request needs from elsewhere before it can be answered. */
    interface Backend {
        /**
         * Calls on.
         *
         * @param cause the request that needs it
         * @param done told how that ended
         */
        void call(Request cause, Consumer<Outcome> done);
    }

    Replica(int index, VirtualTime time, SplittableRandom random, FleetSpec spec) {
        this.index = index;
        this.time = time;
        this.random = random;
        this.spec = spec;
        this.workers = spec.workers();
        this.gatekeeper = Gatekeeper.of(spec.inbound(), time);
    }

    /** {@return its number in the fleet, from 0} */
    public int index() {
        return index;
    }

    /** Makes service times this many times as long; 1 is normal. */
    public void slowness(double factor) {
        slowness = factor;
    }

    /** {@return how many times as long its service times are} */
    public double slowness() {
        return slowness;
    }

    /** Changes how many requests it works on at once: below its allocation while something else takes its processor, above while it may. */
    public void workers(int count) {
        workers = count;
        takeUp();
    }

    /** Answers a share of requests with 503 after a fixed time, without a worker. */
    public void failing(double share, Duration after) {
        failingShare = share;
        failingNanos = after.toNanos();
    }

    /** Accepts requests and never answers them; until {@link #start}. */
    public void stuck() {
        stuck = true;
    }

    /** Ends the process: what it works on and what waits is reset, what comes later is refused. */
    public void stop() {
        up = false;
        working.forEach((request, end) -> {
            end.cancel();
            request.reply(RESET);
        });
        working.clear();
        queue.forEach(request -> request.reply(RESET));
        queue.clear();
        meter = new LoadMeter();
    }

    /** Starts the process again, with nothing wrong with it. */
    public void start() {
        up = true;
        stuck = false;
        slowness = 1;
        failingShare = 0;
    }

    /** {@return requests that wait or are worked on} */
    public int inFlight() {
        return working.size() + queue.size();
    }

    /** {@return requests that arrived while it was up} */
    public long received() {
        return received;
    }

    /** {@return requests it answered 200} */
    public long served() {
        return served;
    }

    /** {@return requests it answered 200 though their caller had given up} */
    public long wasted() {
        return wasted;
    }

    /** {@return what it says about its load} */
    ServerLoad load() {
        return meter.now(time.nanos());
    }

    /** {@return whether it answers a question for its load} */
    boolean answersProbes() {
        return up && !stuck;
    }

    void backend(Backend needed) {
        backend = needed;
    }

    void accept(Request request) {
        if (!up) {
            request.reply(REFUSED);
            return;
        }
        received++;
        request.arrivedAt(meter.begin());
        if (stuck) {
            return;
        }
        if (failingShare > 0 && random.nextDouble() < failingShare) {
            time.schedule(() -> refuse(request, UNAVAILABLE), failingNanos);
            return;
        }
        queue.add(request);
        takeUp();
    }

    private void takeUp() {
        while (working.size() < workers && !queue.isEmpty()) {
            Request next = queue.remove();
            if (spec.discardExpired() && next.abandoned(time.nanos())) {
                refuse(next, UNAVAILABLE);
                continue;
            }
            Outcome refusal = gatekeeper.admit(next);
            if (refusal != null) {
                refuse(next, refusal);
                continue;
            }
            next.takenUpNanos(time.nanos());
            long busy = Math.max(1, (long) (spec.serviceTime().drawNanos(random) * slowness));
            working.put(next, time.schedule(() -> worked(next), busy));
        }
    }

    private void worked(Request request) {
        if (backend == null) {
            answer(request, OK);
        } else {
            working.put(request, () -> {});
            Backend needed = backend;
            gatekeeper.within(request, () -> needed.call(request, outcome -> answered(request, outcome)));
        }
    }

    private void refuse(Request request, Outcome outcome) {
        meter.end(request.arrivedAt(), 0, false, time.nanos());
        request.reply(outcome);
    }

    private void answered(Request request, Outcome outcome) {
        if (working.containsKey(request)) {
            answer(request, succeeded(outcome) ? OK : UNAVAILABLE);
        }
    }

    private void answer(Request request, Outcome outcome) {
        working.remove(request);
        meter.end(request.arrivedAt(), time.nanos() - request.takenUpNanos(), outcome == OK, time.nanos());
        gatekeeper.ended(request, outcome);
        if (outcome == OK) {
            served++;
            wasted += request.abandoned(time.nanos()) ? 1 : 0;
        }
        request.reply(outcome);
        takeUp();
    }

    static boolean succeeded(Outcome outcome) {
        return outcome instanceof Outcome.Response response && response.httpStatus() < 400;
    }
}
