package io.inmesh.server.registry;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Which servers there are, as one of them sees it, and since when others are gone. Not safe for use by several threads. */
final class Owners {

    private final String self;
    private final TreeSet<String> present = new TreeSet<>();
    private final Map<String, Long> goneSince = new HashMap<>();
    private Predicate<String> connected = nodeId -> false;

    /** Knows one server, itself. */
    Owners(String self) {
        this.self = self;
        present.add(self);
    }

    void came(String owner) {
        present.add(owner);
        goneSince.remove(owner);
    }

    void left(String owner, long nowNanos) {
        // A server is there for itself, whatever has become of its lease.
        if (!owner.equals(self) && present.remove(owner)) {
            goneSince.put(owner, nowNanos);
        }
    }

    /** Has processes count as connected, by node id, though their server is not there: it is the store that it is cut off from. */
    void sparing(Predicate<String> isConnected) {
        connected = isConnected;
    }

    /** Takes a list of all there are. */
    void listed(Collection<String> all, long nowNanos) {
        new TreeSet<>(present).stream().filter(owner -> !all.contains(owner)).forEach(owner -> left(owner, nowNanos));
        all.forEach(this::came);
    }

    boolean present(String owner) {
        return present.contains(owner);
    }

    /** {@return whether a process has nobody who holds its connection, as far as is known} */
    boolean deserted(String owner, String nodeId) {
        return !present(owner) && !connected.test(nodeId);
    }

    /** {@return for how many nanoseconds a server that is not there has been away; from when it was asked for if it never was there} */
    long goneFor(String owner, long nowNanos) {
        return nowNanos - goneSince.computeIfAbsent(owner, o -> nowNanos);
    }

    /** {@return whether this server is the one that clears up after those that are gone} */
    boolean clearsUp() {
        return present.first().equals(self);
    }

    /** {@return whether there are others} */
    boolean others() {
        return present.size() > 1;
    }

    /** Forgets those that are gone, unless something of theirs is left. */
    void forget(Collection<String> needed) {
        goneSince.keySet().retainAll(needed);
    }
}
