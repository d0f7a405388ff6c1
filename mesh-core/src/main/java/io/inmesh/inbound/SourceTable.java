package io.inmesh.inbound;

import io.inmesh.call.InboundCall;
import io.inmesh.identity.SpiffeId;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who sends requests to this process, how often, and over what kind of connection: what an operator has to know before plaintext is
 * forbidden. Peers with an identity are told apart by it, others by their address.
 *
 * <p>Bounded: beyond {@link #MAX_SOURCES} the rest counts as one source called {@code other}; sources that have gone quiet are forgotten
 * when the next report is taken. Thread-safe; reports are taken by one asker.
 */
public final class SourceTable {

    /** Sources told apart. */
    static final int MAX_SOURCES = 1000;

    /** What the sources beyond the bound are called. */
    static final String OTHER = "other";

    /** What a source without address is called, such as one on an in-process transport. */
    static final String UNKNOWN = "unknown";

    // Reports come every few seconds; a source that is silent for this many is not worth its place.
    private static final int QUIET_REPORTS = 60;

    private final Map<Object, Source> sources = new ConcurrentHashMap<>();

    private static final class Source {

        private volatile SourceCount[] counts = {};
        private int quietReports;

        SourceCount count(int port, boolean secure) {
            for (SourceCount count : counts) {
                if (count.isFor(port, secure)) {
                    return count;
                }
            }
            return add(port, secure);
        }

        private synchronized SourceCount add(int port, boolean secure) {
            SourceCount[] before = counts;
            for (SourceCount count : before) {
                if (count.isFor(port, secure)) {
                    return count;
                }
            }
            SourceCount[] after = Arrays.copyOf(before, before.length + 1);
            after[before.length] = new SourceCount(port, secure);
            counts = after;
            return after[before.length];
        }
    }

    /** {@return where requests like this one are counted} */
    SourceCount of(InboundCall call) {
        SpiffeId peer = call.peer();
        InetAddress address = call.peerAddress();
        Object key = peer != null ? peer : address != null ? address : UNKNOWN;
        Source source = sources.get(key);
        if (source == null) {
            boolean full = sources.size() >= MAX_SOURCES && !sources.containsKey(key);
            source = sources.computeIfAbsent(full ? OTHER : key, unseen -> new Source());
        }
        return source.count(call.localPort(), call.secure());
    }

    /** {@return what came since this was asked last, from sources that sent anything} */
    public List<SourceShare> take() {
        List<SourceShare> taken = new ArrayList<>();
        sources.forEach((key, source) -> {
            boolean quiet = true;
            for (SourceCount count : source.counts) {
                SourceShare report = count.take(nameOf(key), key instanceof SpiffeId);
                if (report.requests() > 0) {
                    quiet = false;
                    taken.add(report);
                }
            }
            source.quietReports = quiet ? source.quietReports + 1 : 0;
            if (source.quietReports > QUIET_REPORTS) {
                sources.remove(key, source);
            }
        });
        return taken;
    }

    private static String nameOf(Object key) {
        return key instanceof InetAddress address ? address.getHostAddress() : key.toString();
    }
}
