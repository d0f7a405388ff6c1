package io.inmesh.server.etcd;

import com.google.protobuf.ByteString;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.inmesh.server.etcd.Members.Member;
import io.inmesh.server.etcd.rpc.Event;
import io.inmesh.server.etcd.rpc.Event.EventType;
import io.inmesh.server.etcd.rpc.WatchCreateRequest;
import io.inmesh.server.etcd.rpc.WatchGrpc;
import io.inmesh.server.etcd.rpc.WatchRequest;
import io.inmesh.server.etcd.rpc.WatchResponse;
import io.inmesh.server.store.Engine.Transaction;
import io.inmesh.server.store.Engine.Watch;
import io.inmesh.server.store.Engine.Watcher;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.time.Timer;
import io.inmesh.server.time.Timer.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch over everything below the prefix, of which the watcher is told what it asked for: etcd tells watches of several ranges apart, and
 * would tear a transaction over several tables. A stream that breaks is followed by another, at another member, from the last revision known.
 */
final class EtcdWatch implements Watch {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdWatch.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LOGIN_LIMIT = Duration.ofSeconds(5);

    private final Parts parts;
    private final Set<String> tables;
    private final Watcher watcher;
    private final Consumer<EtcdWatch> ended;

    /** Held while the watcher is told something. */
    private final ReentrantLock telling = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Event> collected = new ArrayList<>();
    private volatile long known;
    private int failures;
    private boolean interrupted;
    private volatile boolean closed;
    private volatile @Nullable Stream stream;
    private @Nullable Cancellable retry;

    /**
     * What a watch is made with.
     *
     * @param members whom to ask
     * @param login what streams carry
     * @param keys where entries are
     * @param timer when to try again
     * @param threads where to connect
     * @param random spreads attempts
     * @param revision asks most members for the last revision
     */
    record Parts(
            Members members,
            Login login,
            Keys keys,
            Timer timer,
            Executor threads,
            DoubleSupplier random,
            LongSupplier revision) {}

    EtcdWatch(Parts parts, Set<String> tables, long after, Watcher watcher, Consumer<EtcdWatch> ended) {
        this.parts = parts;
        this.tables = Set.copyOf(tables);
        this.known = after;
        this.watcher = watcher;
        this.ended = ended;
    }

    void start() {
        try {
            parts.threads().execute(this::connect);
        } catch (RejectedExecutionException e) {
            closed = true;
        }
    }

    private void connect() {
        Member member = parts.members().current();
        Stream next = new Stream(member);
        lock.lock();
        try {
            if (closed) {
                return;
            }
            stream = next;
            collected.clear();
        } finally {
            lock.unlock();
        }
        try {
            next.open();
        } catch (RuntimeException e) {
            // Not logged in, or no password to do so with.
            next.broken(String.valueOf(e.getMessage()));
        }
    }

    private void answer(Stream from, WatchResponse response) {
        if (from != stream || closed) {
            return;
        }
        if (response.getCompactRevision() > 0) {
            tell(watcher::compacted);
            close();
            return;
        }
        if (response.getCanceled()) {
            from.broken(response.getCancelReason());
            return;
        }
        long before = known;
        if (response.getCreated() && response.getHeader().getRevision() < before) {
            look(from, before);
        }
        failures = 0;
        if (interrupted) {
            interrupted = false;
            tell(watcher::resumed);
        }
        collected.addAll(response.getEventsList());
        if (response.getFragment()) {
            return;
        }
        if (!collected.isEmpty()) {
            transactions();
        } else if (!response.getCreated()) {
            // Sent only to watches that have been told everything up to it.
            known = Math.max(known, response.getHeader().getRevision());
        }
    }

    /**
     * A member that is behind what is known lags, which passes; or an older copy has been put in its place, and then it would say nothing
     * until it has come as far again.
     */
    private void look(Stream from, long before) {
        try {
            parts.threads().execute(() -> {
                try {
                    if (parts.revision().getAsLong() < before && from == stream) {
                        LOG.warn("etcd is at an earlier revision than it was: an older copy has been put in its place");
                        tell(watcher::compacted);
                        close();
                    }
                } catch (StoreUnavailableException e) {
                    from.broken(String.valueOf(e.getMessage()));
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("nobody is told any more: the engine is closed", e);
        }
    }

    private void transactions() {
        List<Event> events = List.copyOf(collected);
        collected.clear();
        int first = 0;
        for (int i = 1; i <= events.size(); i++) {
            long revision = events.get(first).getKv().getModRevision();
            if (i == events.size() || events.get(i).getKv().getModRevision() != revision) {
                if (revision > known) {
                    known = revision;
                    transaction(revision, events.subList(first, i));
                }
                first = i;
            }
        }
    }

    private void transaction(long revision, List<Event> events) {
        List<Write> writes = new ArrayList<>();
        for (Event event : events) {
            ByteString key = event.getKv().getKey();
            String table = parts.keys().table(key);
            if (tables.contains(table)) {
                boolean gone = event.getType() == EventType.DELETE;
                writes.add(new Write(
                        table,
                        parts.keys().key(key),
                        gone ? null : event.getKv().getValue().toByteArray()));
            }
        }
        if (!writes.isEmpty()) {
            tell(() -> watcher.changed(new Transaction(revision, writes)));
        }
    }

    private void tell(Runnable what) {
        telling.lock();
        try {
            if (!closed) {
                what.run();
            }
        } catch (RuntimeException e) {
            LOG.error("a watcher of the store failed", e);
        } finally {
            telling.unlock();
        }
    }

    @Override
    public void close() {
        Stream last;
        lock.lock();
        try {
            closed = true;
            last = stream;
            if (retry != null) {
                retry.cancel();
            }
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.cancel();
        }
        ended.accept(this);
        // Waits for what is being told; whoever tells may be the one that closes.
        telling.lock();
        telling.unlock();
    }

    /** One stream to one member. What it says is heard one at a time. */
    private final class Stream implements ClientResponseObserver<WatchRequest, WatchResponse> {
        private final Member member;
        private Metadata headers = new Metadata();
        private volatile @Nullable ClientCallStreamObserver<WatchRequest> call;

        Stream(Member member) {
            this.member = member;
        }

        void open() {
            headers = parts.login().headers(member.channel(), LOGIN_LIMIT.toNanos());
            ByteString all = parts.keys().all();
            WatchGrpc.newStub(ClientInterceptors.intercept(
                            member.channel(), MetadataUtils.newAttachHeadersInterceptor(headers)))
                    .watch(this)
                    .onNext(WatchRequest.newBuilder()
                            .setCreateRequest(WatchCreateRequest.newBuilder()
                                    .setKey(all)
                                    .setRangeEnd(Keys.end(all))
                                    .setStartRevision(known + 1)
                                    .setProgressNotify(true)
                                    .setFragment(true))
                            .build());
            if (closed || stream != this) {
                // Whoever has ended it meanwhile may not have found anything to cancel yet.
                cancel();
            }
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> requests) {
            call = requests;
        }

        @Override
        public void onNext(WatchResponse response) {
            answer(this, response);
        }

        @Override
        public void onError(Throwable problem) {
            broken(Answers.text(Status.fromThrowable(problem)));
        }

        @Override
        public void onCompleted() {
            broken("etcd has ended the watch");
        }

        /** Goes on elsewhere, a little later. */
        void broken(String reason) {
            lock.lock();
            try {
                if (closed || stream != this) {
                    return;
                }
                stream = null;
            } finally {
                lock.unlock();
            }
            cancel();
            parts.login().forget(headers);
            parts.members().leave(member);
            if (!interrupted) {
                interrupted = true;
                LOG.warn("the watch of etcd is interrupted, at {}: {}", member.endpoint(), reason);
                tell(() -> watcher.interrupted(reason));
            }
            Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures++, 10));
            Duration most = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
            long jittered = (long) (most.toNanos() * (0.5 + parts.random().getAsDouble() / 2));
            lock.lock();
            try {
                if (!closed) {
                    retry = parts.timer().schedule(Duration.ofNanos(jittered), EtcdWatch.this::start);
                }
            } finally {
                lock.unlock();
            }
        }

        void cancel() {
            ClientCallStreamObserver<WatchRequest> started = call;
            if (started != null) {
                started.cancel("the watch goes on elsewhere or is over", null);
            }
        }
    }
}
