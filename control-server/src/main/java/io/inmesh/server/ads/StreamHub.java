package io.inmesh.server.ads;

import io.grpc.Status;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.time.Timer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All clients' streams. Collects changes for a moment, so that a burst becomes one push, and then wakes every stream; each looks for
 * itself what it lacks. Safe for use by several threads.
 */
public final class StreamHub {
    /** A push waits until nothing has changed for that long. */
    static final Duration QUIET = Duration.ofMillis(5);

    /** A push never waits longer than that after the first change. */
    static final Duration LONGEST_WAIT = Duration.ofMillis(50);

    /** A client that has not acknowledged a push by then is not waited for any longer. */
    static final Duration CONVERGENCE_LIMIT = Duration.ofSeconds(30);

    /** How long streams are waited for that are asked what they have sent. */
    static final Duration TELLING_LIMIT = Duration.ofSeconds(10);

    /** How streams end on a server that is about to end. */
    static final Status LEAVING =
            Status.UNAVAILABLE.withDescription("this control server is about to end; connect to another");

    private final Timer timer;
    private final Convergence convergence = new Convergence();
    private final Set<ClientStream> streams = ConcurrentHashMap.newKeySet();
    private final AdsMetrics metrics;
    private final NamesBudget names;

    private volatile boolean leaving;
    private final Object lock = new Object();
    // Written under the lock, read without.
    private volatile long generation;
    private long firstChangeNanos;
    private Timer.@Nullable Cancellable pending;

    /** Pushes what {@code source} has whenever it changes. */
    public StreamHub(ResourceSource source, Timer timer, MeterRegistry meters) {
        this(source, timer, meters, NamesBudget.ofThisProcess());
    }

    /**
     * @param names what the names may take that all streams subscribe to
     */
    StreamHub(ResourceSource source, Timer timer, MeterRegistry meters, NamesBudget names) {
        this.names = names;
        this.timer = timer;
        this.metrics = new AdsMetrics(
                meters,
                streams::size,
                () -> processes().stream()
                        .filter(process -> process.certificate()
                                .filter(CertificateReport::ailing)
                                .isPresent())
                        .count());
        source.onChange(this::changed);
    }

    /** All clients that are connected and have said who they are. */
    public List<ConnectedProcess> processes() {
        return streams.stream().map(ClientStream::status).toList();
    }

    /**
     * {@return what clients have been sent, as far as they tell within {@link #TELLING_LIMIT}}
     *
     * @param which the clients to tell of
     */
    public Told configs(Predicate<ConnectedProcess> which) {
        return configs(which, TELLING_LIMIT);
    }

    /**
     * {@return what clients have been sent}
     *
     * @param which the clients to tell of; those that end meanwhile are left out, those too busy to tell in time are silent
     * @param limit how long they have for it, together
     */
    public Told configs(Predicate<ConnectedProcess> which, Duration limit) {
        List<Told.Asked> asked = new ArrayList<>();
        for (ClientStream stream : streams) {
            ConnectedProcess process = stream.status();
            if (which.test(process)) {
                asked.add(new Told.Asked(process, stream.config()));
            }
        }
        return Told.within(limit, asked);
    }

    NamesBudget names() {
        return names;
    }

    AdsMetrics metrics() {
        return metrics;
    }

    /** Counts pushes. Whoever reads resources after reading this has all changes up to it. */
    long generation() {
        return generation;
    }

    /** Ends the streams of clients for which {@code refused} holds. New ones are refused before they get here. */
    public void close(Predicate<Caller> refused, Status status) {
        streams.stream().filter(stream -> refused.test(stream.caller())).forEach(stream -> stream.refuse(status));
    }

    /**
     * Admits no more streams, and ends those there are, each at a time of its own, so that their clients do not come to another server all
     * at once.
     *
     * @param spread how long that may take
     * @param random when each ends
     * @return completed when all have been told
     */
    public CompletableFuture<Void> leave(Duration spread, RandomGenerator random) {
        leaving = true;
        return CompletableFuture.allOf(streams.stream()
                .map(stream -> {
                    CompletableFuture<Void> told = new CompletableFuture<>();
                    Duration after = Duration.ofNanos((long) (spread.toNanos() * random.nextDouble()));
                    timer.schedule(after, () -> {
                        stream.refuse(LEAVING);
                        told.complete(null);
                    });
                    return told;
                })
                .toArray(CompletableFuture<?>[]::new));
    }

    /**
     * Ends streams of some clients, and then the connections below them, each at a time of its own, so that they connect anew, to another server if
     * they know any. They may come back.
     *
     * @param nodes their xDS node ids; of several clients with the same one goes
     * @param status what they are told
     * @param spread how long that may take
     * @param random when each stream ends
     */
    public void move(Set<String> nodes, Status status, Duration spread, RandomGenerator random) {
        Set<String> left = new HashSet<>(nodes);
        for (ClientStream stream : streams) {
            if (left.isEmpty()) {
                return;
            }
            if (left.remove(stream.status().nodeId())) {
                Duration after = Duration.ofNanos((long) (spread.toNanos() * random.nextDouble()));
                timer.schedule(after, () -> stream.move(status));
            }
        }
    }

    /** {@return how many clients are connected and have said who they are} */
    public int connected() {
        return streams.size();
    }

    /** {@return whether this server is about to end} */
    public boolean leaving() {
        return leaving;
    }

    void add(ClientStream stream) {
        streams.add(stream);
    }

    void remove(ClientStream stream) {
        if (streams.remove(stream)) {
            convergence.left(stream);
        }
    }

    void progressed(ClientStream stream) {
        convergence.progressed(stream);
    }

    /**
     * Calls {@code done} once: with true when every connected client has acknowledged endpoints as they are now, with false after {@code
     * timeout}.
     *
     * <p>To be called after the change in question has been reported.
     */
    public void afterEndpointsAcknowledged(Duration timeout, Consumer<Boolean> done) {
        await(upcoming(), ClientStream::endpointsGeneration, timeout, done);
    }

    private void changed() {
        synchronized (lock) {
            long now = timer.nanoTime();
            if (pending == null) {
                firstChangeNanos = now;
            } else {
                pending.cancel();
            }
            long left = LONGEST_WAIT.toNanos() - (now - firstChangeNanos);
            Duration wait = Duration.ofNanos(Math.max(0, Math.min(QUIET.toNanos(), left)));
            pending = timer.schedule(wait, this::push);
        }
    }

    /** The first generation that has every change reported so far. */
    private long upcoming() {
        synchronized (lock) {
            return pending == null ? generation : generation + 1;
        }
    }

    private void push() {
        long began;
        long pushed;
        synchronized (lock) {
            if (pending == null) {
                return;
            }
            pending = null;
            began = firstChangeNanos;
            pushed = generation + 1;
            generation = pushed;
        }
        streams.forEach(ClientStream::wake);
        if (!streams.isEmpty()) {
            await(pushed, ClientStream::generation, CONVERGENCE_LIMIT, reached -> {
                if (reached) {
                    metrics.converged(Duration.ofNanos(timer.nanoTime() - began));
                } else {
                    metrics.notConverged();
                }
            });
        }
    }

    /** Calls {@code done} once: with true when all clients have got to {@code generation}, with false after {@code limit}. */
    private void await(long target, ToLongFunction<ClientStream> progress, Duration limit, Consumer<Boolean> done) {
        Once once = new Once(done);
        Runnable callOff = convergence.await(target, progress, List.copyOf(streams), () -> once.done(true));
        once.orElse(() -> timer.schedule(limit, () -> {
            callOff.run();
            once.done(false);
        }));
    }

    /** What is called once, and a timer that is kept no longer than until then: there are as many as pushes. */
    private static final class Once {
        private final Consumer<Boolean> listener;
        private boolean called;
        private Timer.@Nullable Cancellable pending;

        Once(Consumer<Boolean> listener) {
            this.listener = listener;
        }

        void done(boolean reached) {
            synchronized (this) {
                if (called) {
                    return;
                }
                called = true;
                if (pending != null) {
                    pending.cancel();
                }
            }
            listener.accept(reached);
        }

        synchronized void orElse(Supplier<Timer.Cancellable> later) {
            if (!called) {
                pending = later.get();
            }
        }
    }
}
