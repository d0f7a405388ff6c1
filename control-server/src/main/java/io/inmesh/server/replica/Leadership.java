package io.inmesh.server.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Lease;
import io.inmesh.server.store.Engine.LeaseLostException;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.store.FollowedTables;
import io.inmesh.server.store.Schema;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.time.Timer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one of the servers on a store do what only one may do. Each keeps an entry that says that it runs, and one of them another that says
 * that it leads; both vanish with the server, at once when it stops and after {@link #TIME_TO_LIVE} when it is cut off or dies.
 *
 * <p>A server stops believing that it leads before the store lets another one lead, by its own monotonic clock. What it has begun before may
 * still be on its way; so what a leader writes carries a {@link #fence}, with which the store refuses it once another one leads. Safe for
 * use by several threads.
 */
public final class Leadership implements AutoCloseable {

    /** How long a server that says nothing is taken to run, and to lead. */
    public static final Duration TIME_TO_LIVE = Duration.ofSeconds(10);

    /** How often a server says that it runs. */
    static final Duration PAUSE = Duration.ofSeconds(2);

    /** By how much a server is ahead of the store in not believing that it leads: clocks do not run alike. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    /** Entries of the servers; to be followed. */
    public static final String REPLICAS = Schema.REPLICAS;

    /** The entry of the leader; to be followed. */
    public static final String LEADER = Schema.LEADER;

    private static final String KEY = "leader";
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private final Engine engine;
    private final FollowedTables followed;
    private final String id;
    private final Timer timer;
    private @Nullable Supplier<Replica> self;
    private @Nullable Lease lease;
    private byte[] announced = {};
    private byte[] term = {};
    private int terms;
    private boolean away;
    private boolean closed;
    private volatile boolean holds;
    private volatile long believedUntil;

    /**
     * A server that neither runs nor leads before {@link #begin}.
     *
     * @param engine the store
     * @param followed follows {@link #REPLICAS} and {@link #LEADER} of it
     * @param id the server's, new with each start
     * @param timer runs what asks the engine; closed before it
     */
    public Leadership(Engine engine, FollowedTables followed, String id, Timer timer) {
        this.engine = engine;
        this.followed = followed;
        this.id = id;
        this.timer = timer;
    }

    /**
     * Lets others know of this server, and lead if no other does. Where nobody else is, it leads on return.
     *
     * @param described how it describes itself; asked again and again
     */
    public void begin(Supplier<Replica> described) {
        synchronized (this) {
            self = described;
        }
        followed.onChange(LEADER, () -> {
            if (followed.scan(LEADER).isEmpty()) {
                timer.schedule(Duration.ZERO, this::look);
            }
        });
        goOn();
    }

    /** {@return whether this server leads, as far as it can know} */
    public boolean leads() {
        return holds && timer.nanoTime() - believedUntil < 0;
    }

    /** {@return what has to be so for a write that only the leader may make; empty if this server does not lead} */
    public Optional<Guard> fence() {
        if (!leads()) {
            return Optional.empty();
        }
        synchronized (this) {
            return Optional.of(new Guard(LEADER, KEY, term));
        }
    }

    /** {@return the servers that run, by name, this one among them once it has begun} */
    public List<Replica> replicas() {
        return followed.scan(REPLICAS).values().stream()
                .map(Replica::read)
                .sorted((one, other) -> (one.name() + one.id()).compareTo(other.name() + other.id()))
                .toList();
    }

    /** {@return the id of the server that leads, as far as this one has heard} */
    public Optional<String> leader() {
        return Optional.ofNullable(followed.scan(LEADER).get(KEY)).map(Leadership::idOf);
    }

    /** {@return the name of the server that leads, as far as this one has heard; its id if it is not known by name} */
    public Optional<String> leaderName() {
        return leader().map(leader -> replicas().stream()
                .filter(replica -> replica.id().equals(leader))
                .map(Replica::name)
                .findFirst()
                .orElse(leader));
    }

    /** {@return this server's id} */
    public String id() {
        return id;
    }

    /** Shows in metrics whether this server leads, and how many there are. */
    public void bind(MeterRegistry meters) {
        Gauge.builder("inmesh.leader", this, now -> now.leads() ? 1 : 0)
                .description("1 while this server does what only one may do, else 0")
                .register(meters);
        Gauge.builder("inmesh.replicas", this, now -> now.replicas().size())
                .description("control servers that share the store and run")
                .register(meters);
    }

    private static String idOf(byte[] term) {
        String text = new String(term, UTF_8);
        return text.substring(0, Math.max(0, text.indexOf('/')));
    }

    private void goOn() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.error("this server cannot say that it runs, and tries again", e);
        } finally {
            synchronized (this) {
                if (!closed) {
                    timer.schedule(PAUSE, this::goOn);
                }
            }
        }
    }

    /** Says that this server runs, and takes the lead if it is free. */
    private synchronized void look() {
        if (closed || self == null) {
            return;
        }
        boolean before = holds;
        try {
            Lease kept = keep();
            announce(kept, self.get());
            campaign(kept);
            away = false;
        } catch (LeaseLostException e) {
            forget();
        } catch (StoreUnavailableException e) {
            if (!away) {
                LOG.warn("this server cannot say that it runs: {}", e.getMessage());
            }
            away = true;
        }
        if (holds != before) {
            LOG.info(holds ? "this server leads" : "this server does not lead any more");
        }
    }

    private Lease keep() {
        long asked = timer.nanoTime();
        Lease kept = lease;
        if (kept == null || !kept.keepAlive()) {
            forget();
            asked = timer.nanoTime();
            kept = engine.grant(TIME_TO_LIVE, () -> {});
            lease = kept;
        }
        // From before it was asked: the store may have begun to count then.
        believedUntil = asked + TIME_TO_LIVE.minus(MARGIN).toNanos();
        return kept;
    }

    private void forget() {
        holds = false;
        lease = null;
        announced = new byte[0];
    }

    private void announce(Lease kept, Replica described) {
        byte[] entry = described.bytes();
        if (!Arrays.equals(entry, announced)) {
            followed.change(List.of(), List.of(new Write(REPLICAS, id, entry, kept)));
            announced = entry;
        }
    }

    private void campaign(Lease kept) {
        byte[] present = engine.get(LEADER, KEY).orElse(null);
        if (present == null) {
            holds = false;
            // Never the same twice, so that the fence of an earlier time is none of this one's.
            byte[] next = (id + "/" + ++terms).getBytes(UTF_8);
            term = next;
            holds = followed.change(List.of(new Guard(LEADER, KEY, null)), List.of(new Write(LEADER, KEY, next, kept)));
        } else {
            holds = Arrays.equals(present, term);
        }
    }

    /** Stops leading and running, for all to see at once. What a leader does has to have ended before. */
    @Override
    public void close() {
        Lease last;
        synchronized (this) {
            closed = true;
            last = lease;
            forget();
        }
        if (last != null) {
            try {
                last.revoke();
            } catch (StoreUnavailableException e) {
                LOG.warn("the others learn in {} that this server has ended: {}", TIME_TO_LIVE, e.getMessage());
            }
        }
    }
}
