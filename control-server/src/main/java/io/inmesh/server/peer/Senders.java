package io.inmesh.server.peer;

import io.inmesh.server.lrs.Reports;
import io.inmesh.server.peer.rpc.Batch;
import io.inmesh.server.peer.rpc.Report;
import io.inmesh.server.time.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What other servers pass on, each batch once however often it is sent. What processes of a server believe is forgotten when nothing has
 * come from it for {@link #PATIENCE} after its stream has ended. Safe for use by several threads.
 */
final class Senders {

    /** How long a server that is not connected any more may take to connect again. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Servers that are remembered; each start of one counts as another. */
    static final int MOST_SENDERS = 256;

    private static final float LOAD_FACTOR = 0.75f;

    private final Reports reports;
    private final Timer timer;
    private final Map<String, Sender> senders = new LinkedHashMap<>(16, LOAD_FACTOR, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Sender> eldest) {
            if (size() <= MOST_SENDERS) {
                return false;
            }
            eldest.getValue().forget();
            return true;
        }
    };

    /** A process's stream of reports to another server. */
    private record ElsewhereStream(String sender, long number) {}

    private final class Sender {
        private final Set<ElsewhereStream> streams = new HashSet<>();
        private long last;
        private int connections;
        private int changes;

        void take(Batch batch) {
            for (Report report : batch.getReportsList()) {
                ElsewhereStream stream = new ElsewhereStream(batch.getSender(), report.getStream());
                if (report.getEnded()) {
                    streams.remove(stream);
                    reports.ended(stream);
                } else {
                    streams.add(stream);
                    reports.add(stream, ReportMessages.read(report), ReportMessages.age(report));
                }
            }
            last = batch.getNumber();
        }

        void forget() {
            streams.forEach(reports::ended);
            streams.clear();
        }
    }

    /** Knows no servers. */
    Senders(Reports reports, Timer timer) {
        this.reports = reports;
        this.timer = timer;
    }

    /** A server has connected. */
    synchronized void connected(String name) {
        Sender sender = senders.computeIfAbsent(name, unseen -> new Sender());
        sender.connections++;
        sender.changes++;
    }

    /** {@return whether a batch has not been counted before; it is then} */
    synchronized boolean take(Batch batch) {
        Sender sender = senders.computeIfAbsent(batch.getSender(), unseen -> new Sender());
        if (batch.getNumber() <= sender.last) {
            return false;
        }
        sender.take(batch);
        return true;
    }

    /** A server's stream has ended. */
    synchronized void disconnected(String name) {
        Sender sender = senders.get(name);
        if (sender == null) {
            return;
        }
        sender.connections--;
        int then = ++sender.changes;
        timer.schedule(PATIENCE, () -> forget(sender, then));
    }

    private synchronized void forget(Sender sender, int since) {
        if (sender.connections <= 0 && sender.changes == since) {
            sender.forget();
        }
    }
}
