package io.inmesh.server.peer;

import io.grpc.stub.StreamObserver;
import io.inmesh.server.lrs.ProcessReport;
import io.inmesh.server.lrs.Reports;
import io.inmesh.server.peer.rpc.HearingRequest;
import io.inmesh.server.peer.rpc.PeersGrpc.PeersStub;
import io.inmesh.server.peer.rpc.Report;
import io.inmesh.server.replica.Replica;
import io.inmesh.server.time.Timer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other control servers on the store. What processes report to this server each of them is told; a server that cannot be reached delays
 * nothing, and is told later, as far as that is kept. Safe for use by several threads.
 */
public final class Peers implements Reports.Listener, AutoCloseable {

    /** How long another server may take to answer. */
    public static final Duration PATIENCE = Duration.ofSeconds(2);

    /** What gRPC may take to say that the time is over. */
    private static final Duration GRACE = Duration.ofMillis(500);

    /** How long a server is kept that is not in the store any more and cannot be reached: it may have lost its lease for a moment only. */
    static final Duration ABSENCE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

    private final String self;
    private final Supplier<List<Replica>> replicas;
    private final Peer.Credentials credentials;
    private final Timer timer;
    private final DoubleSupplier chance;
    private final Counter dropped;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<String, Peer> peers = new ConcurrentHashMap<>();
    private final Map<String, Long> absentSince = new HashMap<>();
    /** Ids of servers whose address is none, which has been logged. A server has a new id with each start, so they are few. */
    private final Set<String> misplaced = new HashSet<>();

    private boolean closed;

    /**
     * Knows no other servers before {@link #refresh}.
     *
     * @param self id of this server
     * @param replicas the servers that run, this one among them
     * @param key this server's certificate as a client
     * @param trust whom this server takes for another control server
     * @param timer waits; closed after this
     * @param chance from 0 to 1: spreads waits
     * @param meters counts
     */
    public Peers(
            String self,
            Supplier<List<Replica>> replicas,
            X509ExtendedKeyManager key,
            X509ExtendedTrustManager trust,
            Timer timer,
            DoubleSupplier chance,
            MeterRegistry meters) {
        this.self = self;
        this.replicas = replicas;
        this.credentials = new Peer.Credentials(key, trust);
        this.timer = timer;
        this.chance = chance;
        this.dropped = Counter.builder("inmesh.peer.reports.dropped")
                .description("Reports that another control server could not be told, and lacks")
                .register(meters);
        Gauge.builder("inmesh.peers.unreachable", this, Peers::unreachable)
                .description("Other control servers that this one cannot reach at present")
                .register(meters);
    }

    /**
     * Connects to servers that have come, and lets go of those that have been gone for {@link #ABSENCE} and cannot be reached, or have another
     * in their place. To be called every second or so.
     */
    public synchronized void refresh() {
        if (closed) {
            return;
        }
        Map<String, Replica> at = new LinkedHashMap<>();
        for (Replica replica : replicas.get()) {
            // One that does not say where it is cannot be told anything.
            if (hasAddress(replica)) {
                // One that is started where another was, as this one may have been, stands for it, whose lease may not
                // have run out yet: what is told to both would count twice.
                at.merge(
                        replica.grpc(),
                        replica,
                        (one, other) -> other.sinceEpochSecond() > one.sinceEpochSecond() ? other : one);
            }
        }
        for (Peer peer : List.copyOf(peers.values())) {
            Replica now = at.get(peer.replica().grpc());
            if (now == null
                    ? absentForLong(peer)
                    : !now.id().equals(peer.replica().id())) {
                peers.remove(peer.replica().id());
                absentSince.remove(peer.replica().id());
                peer.close();
            } else if (now != null) {
                absentSince.remove(now.id());
            }
        }
        for (Replica replica : at.values()) {
            if (!replica.id().equals(self) && !peers.containsKey(replica.id())) {
                connect(replica);
            }
        }
    }

    private boolean absentForLong(Peer peer) {
        if (peer.link().problem().isEmpty()) {
            absentSince.remove(peer.replica().id());
            return false;
        }
        long now = timer.nanoTime();
        long since = absentSince.computeIfAbsent(peer.replica().id(), unseen -> now);
        return now - since >= ABSENCE.toNanos();
    }

    private void connect(Replica replica) {
        try {
            peers.put(
                    replica.id(),
                    new Peer(
                            replica,
                            credentials,
                            new ReportQueue(self, numbers::incrementAndGet),
                            timer,
                            chance,
                            dropped::increment));
        } catch (IllegalArgumentException e) {
            if (misplaced.add(replica.id())) {
                LOG.error(
                        "control server {} says that it is at \"{}\", which is no address; mend replica.host of its settings",
                        replica.name(),
                        replica.grpc(),
                        e);
            }
        }
    }

    @Override
    public void reported(long stream, ProcessReport report) {
        if (!peers.isEmpty()) {
            pass(ReportMessages.of(stream, report));
        }
    }

    @Override
    public void ended(long stream) {
        pass(ReportMessages.ended(stream));
    }

    private void pass(Report report) {
        peers.values().forEach(peer -> peer.link().pass(report));
    }

    /** {@return by id, the servers that are not told what processes report here, and why} */
    public Map<String, String> problems() {
        Map<String, String> problems = new HashMap<>();
        for (Replica replica : others().values()) {
            Peer peer = peers.get(replica.id());
            Optional<String> problem = peer == null
                    ? Optional.of(notReached(replica))
                    : peer.link().problem();
            problem.ifPresent(why -> problems.put(replica.id(), why));
        }
        return problems;
    }

    /**
     * {@return what all others answer, as far as they do within {@link #PATIENCE}; those that do not, and those that cannot be asked, are
     *     named as they describe themselves now}
     *
     * @param question asks one of them
     * @param reading reads a message of its answer
     */
    <M, T> Heard<T> ask(BiConsumer<PeersStub, StreamObserver<M>> question, BiFunction<Peer, M, T> reading) {
        return ask(List.copyOf(peers.values()), others(), question, reading);
    }

    /** As the other, of those servers only that are not in the store but can be reached: it is the store that they are cut off from. */
    <M, T> List<T> askCutOff(BiConsumer<PeersStub, StreamObserver<M>> question, BiFunction<Peer, M, T> reading) {
        Map<String, Replica> there = others();
        List<Peer> cutOff = peers.values().stream()
                .filter(peer -> !there.containsKey(peer.replica().id())
                        && peer.link().problem().isEmpty())
                .toList();
        return cutOff.isEmpty()
                ? List.of()
                : ask(cutOff, Map.of(), question, reading).all();
    }

    private <M, T> Heard<T> ask(
            List<Peer> which,
            Map<String, Replica> there,
            BiConsumer<PeersStub, StreamObserver<M>> question,
            BiFunction<Peer, M, T> reading) {
        Map<String, Replica> unasked = new LinkedHashMap<>(there);
        Map<Peer, Collecting<M, T>> asked = new LinkedHashMap<>();
        for (Peer peer : which) {
            unasked.remove(peer.replica().id());
            Collecting<M, T> answer = new Collecting<>(message -> reading.apply(peer, message));
            asked.put(peer, answer);
            question.accept(peer.stub().withDeadlineAfter(PATIENCE.toNanos(), TimeUnit.NANOSECONDS), answer);
        }
        long end = timer.nanoTime() + PATIENCE.plus(GRACE).toNanos();
        List<T> all = new ArrayList<>();
        List<SilentServer> silent = new ArrayList<>();
        asked.forEach((peer, answer) -> {
            try {
                all.addAll(answer.within(Duration.ofNanos(end - timer.nanoTime())));
            } catch (Collecting.NoAnswer e) {
                Replica replica = there.get(peer.replica().id());
                String reason = String.valueOf(e.getMessage());
                if (replica != null || !e.away()) {
                    silent.add(SilentServer.of(replica == null ? peer.replica() : replica, reason));
                }
            }
        });
        unasked.values().forEach(replica -> silent.add(SilentServer.of(replica, notReached(replica))));
        return new Heard<>(all, silent);
    }

    /** {@return of each other server that answers within {@link #PATIENCE}, whether it hears of what happens in the store} */
    public List<Hears> hearing() {
        Heard<Hears> answers = ask(
                (PeersStub stub, StreamObserver<Hears> observer) ->
                        stub.hears(HearingRequest.getDefaultInstance(), new HearsObserver(observer)),
                (peer, answer) -> answer);
        return answers.all();
    }

    /** {@return by id, the servers that run besides this one} */
    private Map<String, Replica> others() {
        Map<String, Replica> others = new LinkedHashMap<>();
        for (Replica replica : replicas.get()) {
            if (!replica.id().equals(self)) {
                others.put(replica.id(), replica);
            }
        }
        return others;
    }

    private static boolean hasAddress(Replica replica) {
        return !Objects.requireNonNullElse(replica.grpc(), "").isEmpty();
    }

    private static String notReached(Replica replica) {
        return hasAddress(replica)
                ? ReportLink.NOT_YET
                : "it does not say where it is; mend replica.host of its settings";
    }

    private double unreachable() {
        return problems().size();
    }

    @Override
    public synchronized void close() {
        closed = true;
        peers.values().forEach(Peer::close);
        peers.clear();
    }
}
