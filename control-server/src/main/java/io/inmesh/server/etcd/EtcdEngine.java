package io.inmesh.server.etcd;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.inmesh.server.etcd.Calls.Task;
import io.inmesh.server.etcd.rpc.KVGrpc;
import io.inmesh.server.etcd.rpc.KeyValue;
import io.inmesh.server.etcd.rpc.RangeRequest;
import io.inmesh.server.etcd.rpc.RangeResponse;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.time.Ended;
import io.inmesh.server.time.Timer;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * State in etcd 3.4 or newer, shared by any number of servers.
 *
 * <p>Reads are linearizable. A change is made once, or it is said that this is not known ({@link Changes}). While most members are away,
 * reads and changes fail after the timeout at the latest, and watches go on when they are back.
 */
public final class EtcdEngine implements Engine {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdEngine.class);

    /** Entries of one answer, fewer if they do not fit into it. */
    private static final int PAGE = 200;

    private final Members members;
    private final Calls calls;
    private final Keys keys;
    private final Changes changes;
    private final Timer timer;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "inmesh-etcd");
        thread.setDaemon(true);
        return thread;
    });
    private final EtcdWatch.Parts watching;
    private final Set<EtcdWatch> watches = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    private EtcdEngine(EtcdSettings settings, Timer timer, InstantSource clock) throws IOException {
        this.members = new Members(settings);
        this.timer = timer;
        Login login = new Login(settings);
        this.calls = new Calls(members, login, timer, settings.timeout());
        this.keys = new Keys(settings.prefix());
        this.changes = new Changes(calls, keys, clock);
        this.watching = new EtcdWatch.Parts(
                members,
                login,
                keys,
                timer,
                threads,
                () -> ThreadLocalRandom.current().nextDouble(),
                this::revision);
    }

    /**
     * {@return the engine of an etcd that can be reached}
     *
     * @param settings where and how
     * @param timer when attempts are over and leases have run out; not to be closed before the engine
     * @param clock dates what is left behind by servers that are gone
     * @throws IOException if it cannot be reached or refuses; the message says why and what to do
     */
    public static EtcdEngine open(EtcdSettings settings, Timer timer, InstantSource clock) throws IOException {
        EtcdEngine engine = new EtcdEngine(settings, timer, clock);
        try {
            engine.changes.sweep();
            return engine;
        } catch (StoreUnavailableException e) {
            engine.close();
            throw new IOException("store.etcd: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean change(List<Guard> guards, List<Write> writes) {
        return changes.change(guards, writes);
    }

    @Override
    public Optional<byte[]> get(String table, String key) {
        RangeResponse answer = calls.ask(
                KVGrpc.getRangeMethod(),
                RangeRequest.newBuilder().setKey(keys.of(table, key)).build());
        return answer.getKvsCount() == 0
                ? Optional.empty()
                : Optional.of(answer.getKvs(0).getValue().toByteArray());
    }

    @Override
    public long revision() {
        return calls.ask(
                        KVGrpc.getRangeMethod(),
                        RangeRequest.newBuilder()
                                .setKey(keys.all())
                                .setCountOnly(true)
                                .build())
                .getHeader()
                .getRevision();
    }

    @Override
    public Listing list(String... tables) {
        while (true) {
            try {
                Pages pages = new Pages();
                if (tables.length == 0) {
                    pages.read(keys.all());
                }
                for (String table : tables) {
                    pages.read(keys.of(table));
                }
                return new Listing(pages.revision, pages.tables);
            } catch (StatusRuntimeException e) {
                if (!Answers.compacted(e)) {
                    throw Answers.refused(e);
                }
                LOG.info("a list of the store took longer than etcd keeps what was; it begins anew");
            }
        }
    }

    /** Reads ranges page by page, all at the revision of the first page. For one thread. */
    private final class Pages {
        private final SortedMap<String, SortedMap<String, byte[]>> tables = new TreeMap<>();
        private long revision;
        private int page = PAGE;

        void read(ByteString prefix) {
            ByteString from = prefix;
            boolean more = true;
            while (more) {
                RangeResponse answer = page(from, Keys.end(prefix));
                revision = revision == 0 ? answer.getHeader().getRevision() : revision;
                for (KeyValue entry : answer.getKvsList()) {
                    String table = keys.table(entry.getKey());
                    if (!table.startsWith("_")) {
                        tables.computeIfAbsent(table, t -> new TreeMap<>())
                                .put(keys.key(entry.getKey()), entry.getValue().toByteArray());
                    }
                    from = Keys.next(entry.getKey());
                }
                more = answer.getMore();
            }
        }

        private RangeResponse page(ByteString from, ByteString end) {
            while (true) {
                Task task = calls.task();
                try {
                    return task.always(
                            KVGrpc.getRangeMethod(),
                            RangeRequest.newBuilder()
                                    .setKey(from)
                                    .setRangeEnd(end)
                                    .setLimit(page)
                                    .setRevision(revision)
                                    .build());
                } catch (StatusRuntimeException e) {
                    if (!Answers.tooLarge(e) || page == 1) {
                        throw e;
                    }
                    page = Math.max(1, page / 4);
                }
            }
        }
    }

    @Override
    public Watch watch(Set<String> tables, long after, Watcher watcher) {
        EtcdWatch watch = new EtcdWatch(watching, tables, after, watcher, watches::remove);
        watches.add(watch);
        watch.start();
        return watch;
    }

    @Override
    public Lease grant(Duration timeToLive, Runnable lost) {
        return EtcdLease.grant(calls, timer, timeToLive, lost);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        List.copyOf(watches).forEach(EtcdWatch::close);
        try {
            changes.close();
        } catch (StoreUnavailableException e) {
            LOG.debug("marks are left behind for others to sweep", e);
        }
        Ended.of(threads);
        members.close();
    }
}
