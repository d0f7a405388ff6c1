package io.inmesh.server.store;

import io.inmesh.server.store.Engine.Transaction;
import io.inmesh.server.store.Engine.Watch;
import io.inmesh.server.store.Engine.Watcher;
import io.inmesh.server.store.Engine.Write;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last transactions of one process's engine, in memory, and those who watch them. Bounded by number and by bytes: who falls further
 * behind is told that something has been compacted. Threads exist only while there is something to tell.
 */
final class RecentTransactions implements AutoCloseable {

    /** Transactions kept. */
    static final int MOST = 10_000;

    /** Bytes of values kept. */
    static final long MOST_BYTES = 16L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(RecentTransactions.class);

    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Transaction> last = new ArrayDeque<>();
    private final Set<LocalWatch> watches = new LinkedHashSet<>();
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "inmesh-store-watch");
                thread.setDaemon(true);
                return thread;
            });
    private long bytes;

    /** Every transaction after this revision is here. */
    private long compacted;

    /**
     * Begins empty.
     *
     * @param revision what happened up to this revision is not known
     * @param most how many transactions to keep
     */
    RecentTransactions(long revision, int most) {
        this.compacted = revision;
        this.most = most;
    }

    /** Takes the newest transaction and tells those who watch, on other threads. */
    void add(Transaction transaction) {
        lock.lock();
        try {
            last.addLast(transaction);
            bytes += size(transaction);
            while (last.size() > most || bytes > MOST_BYTES) {
                Transaction oldest = last.removeFirst();
                bytes -= size(oldest);
                compacted = oldest.revision();
            }
            watches.forEach(LocalWatch::wake);
        } finally {
            lock.unlock();
        }
    }

    /** As {@link Engine#watch}. */
    Watch watch(Set<String> tables, long after, Watcher watcher) {
        LocalWatch watch = new LocalWatch(Set.copyOf(tables), after, watcher);
        lock.lock();
        try {
            watches.add(watch);
            watch.wake();
        } finally {
            lock.unlock();
        }
        return watch;
    }

    private static long size(Transaction transaction) {
        return transaction.writes().stream()
                .mapToLong(write -> write.value() == null ? 0 : write.value().length)
                .sum();
    }

    @Override
    public void close() {
        List<LocalWatch> all;
        lock.lock();
        try {
            all = List.copyOf(watches);
        } finally {
            lock.unlock();
        }
        all.forEach(LocalWatch::close);
        threads.shutdown();
    }

    private final class LocalWatch implements Watch {
        private final Set<String> tables;
        private final Watcher watcher;

        /** Held while the watcher is told something. */
        private final ReentrantLock telling = new ReentrantLock();

        private long known;
        private boolean awake;
        private volatile boolean closed;

        LocalWatch(Set<String> tables, long after, Watcher watcher) {
            this.tables = tables;
            this.known = after;
            this.watcher = watcher;
        }

        /** To be called with the log's lock held. */
        void wake() {
            if (awake || closed) {
                return;
            }
            try {
                threads.execute(this::tellAll);
                awake = true;
            } catch (RejectedExecutionException e) {
                closed = true;
            }
        }

        private void tellAll() {
            while (true) {
                List<Transaction> news = new ArrayList<>();
                boolean gap;
                lock.lock();
                try {
                    gap = known < compacted;
                    if (!gap) {
                        collect(news);
                    }
                    if (closed || (news.isEmpty() && !gap)) {
                        awake = false;
                        return;
                    }
                    if (gap) {
                        watches.remove(this);
                    }
                } finally {
                    lock.unlock();
                }
                if (gap) {
                    tell(watcher::compacted);
                    closed = true;
                    return;
                }
                news.forEach(transaction -> tell(() -> watcher.changed(transaction)));
            }
        }

        private void collect(List<Transaction> news) {
            long newest = known;
            for (Iterator<Transaction> back = last.descendingIterator(); back.hasNext(); ) {
                Transaction transaction = back.next();
                if (transaction.revision() <= known) {
                    break;
                }
                newest = Math.max(newest, transaction.revision());
                List<Write> asked = transaction.writes().stream()
                        .filter(write -> tables.contains(write.table()))
                        .toList();
                if (!asked.isEmpty()) {
                    news.add(new Transaction(transaction.revision(), asked));
                }
            }
            known = newest;
            Collections.reverse(news);
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
            lock.lock();
            try {
                closed = true;
                watches.remove(this);
            } finally {
                lock.unlock();
            }
            // Waits for what is being told; whoever tells may be the one that closes.
            telling.lock();
            telling.unlock();
        }
    }
}
