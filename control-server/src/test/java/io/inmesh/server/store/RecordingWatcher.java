package io.inmesh.server.store;

import io.inmesh.server.store.Engine.Transaction;
import io.inmesh.server.store.Engine.Watcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/** Keeps what it is told, for a test to take. */
public final class RecordingWatcher implements Watcher {

    /** What the queue holds for {@link #compacted}. */
    public static final Transaction COMPACTED = new Transaction(-1, List.of());

    private final BlockingQueue<Transaction> told = new LinkedBlockingQueue<>();
    private final Semaphore interruptions = new Semaphore(0);
    private final Semaphore resumptions = new Semaphore(0);

    @Override
    public void interrupted(String reason) {
        interruptions.release();
    }

    @Override
    public void resumed() {
        resumptions.release();
    }

    /** Waits until it is told of an interruption that it has not been asked for yet. */
    public void awaitInterruption() throws InterruptedException {
        interruptions.acquire();
    }

    /** Waits until it is told that the watch goes on. */
    public void awaitResumption() throws InterruptedException {
        resumptions.acquire();
    }

    @Override
    public void changed(Transaction transaction) {
        told.add(transaction);
    }

    @Override
    public void compacted() {
        told.add(COMPACTED);
    }

    /** {@return the next thing it is told, waiting for it} */
    public Transaction next() throws InterruptedException {
        return told.take();
    }

    /** {@return everything it is told up to and with a revision, waiting for that} */
    public List<Transaction> until(long revision) throws InterruptedException {
        List<Transaction> all = new ArrayList<>();
        do {
            all.add(next());
        } while (all.get(all.size() - 1).revision() < revision);
        return all;
    }

    /** {@return what has not been taken yet} */
    public List<Transaction> rest() {
        List<Transaction> rest = new ArrayList<>();
        told.drainTo(rest);
        return rest;
    }

    /** Makes transactions happen to a copy of a table. */
    public static void replay(List<Transaction> transactions, String table, Map<String, String> copy) {
        for (Transaction transaction : transactions) {
            for (Engine.Write write : transaction.writes()) {
                if (write.table().equals(table)) {
                    if (write.value() == null) {
                        copy.remove(write.key());
                    } else {
                        copy.put(write.key(), text(write.value()));
                    }
                }
            }
        }
    }

    /** {@return a listed table as text} */
    public static Map<String, String> texts(Map<String, byte[]> entries) {
        Map<String, String> texts = new TreeMap<>();
        entries.forEach((key, value) -> texts.put(key, text(value)));
        return texts;
    }

    private static String text(byte[] value) {
        return new String(value, java.nio.charset.StandardCharsets.UTF_8);
    }
}
