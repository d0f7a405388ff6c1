package io.inmesh.server.peer;

import io.grpc.stub.StreamObserver;
import io.inmesh.server.ads.ConnectedProcess;
import io.inmesh.server.peer.rpc.PeersGrpc.PeersStub;
import io.inmesh.server.peer.rpc.Process;
import io.inmesh.server.peer.rpc.ProcessesRequest;
import io.inmesh.server.time.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The processes of control servers that are cut off from the store, and so have lost their lease there, while this server reaches them: they
 * are as well as they were. Safe for use by several threads.
 */
public final class Stranded {

    /** How long a process counts as there after it has been seen: what a broken stream is given to come back, and a look. */
    static final Duration SEEN = Duration.ofSeconds(20);

    private final Supplier<Collection<String>> connected;
    private final Timer timer;
    private final Map<String, Long> seen = new ConcurrentHashMap<>();

    /** Asks {@code peers}, at each look. */
    public Stranded(Peers peers, Timer timer) {
        this(
                () -> peers
                        .askCutOff(
                                (PeersStub stub, StreamObserver<Process> answers) ->
                                        stub.processes(ProcessesRequest.getDefaultInstance(), answers),
                                (peer, process) -> ProcessMessages.read(process))
                        .stream()
                        .map(ConnectedProcess::nodeId)
                        .toList(),
                timer);
    }

    /**
     * Has seen nobody.
     *
     * @param connected the node ids of those that are connected to such servers now
     */
    Stranded(Supplier<Collection<String>> connected, Timer timer) {
        this.connected = connected;
        this.timer = timer;
    }

    /** Looks who is there; to be called every few seconds. Takes as long as other servers may take to answer. */
    public void look() {
        Collection<String> there = connected.get();
        long now = timer.nanoTime();
        there.forEach(nodeId -> seen.put(nodeId, now));
        seen.values().removeIf(last -> now - last >= SEEN.toNanos());
    }

    /** {@return whether a process has been seen at such a server lately} */
    public boolean holds(String nodeId) {
        Long last = seen.get(nodeId);
        return last != null && timer.nanoTime() - last < SEEN.toNanos();
    }
}
