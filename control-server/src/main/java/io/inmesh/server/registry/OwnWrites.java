package io.inmesh.server.registry;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts in order what one server hears twice: that its change of an entry has been made, when the engine says so to it, and what happened
 * to the entry, when all servers are told. Either may come first. Not safe for use by several threads.
 */
final class OwnWrites {

    private final Map<String, Intent> begun = new HashMap<>();
    private final Map<String, Deque<Intent>> unheard = new HashMap<>();

    /** A change is asked for. */
    void begin(Intent intent) {
        begun.put(intent.nodeId(), intent);
    }

    /**
     * A change has been made.
     *
     * @return whether it is news; if anything of the entry has been heard meanwhile, the change has been or will be heard in its place
     */
    boolean done(Intent intent) {
        if (!begun.remove(intent.nodeId(), intent)) {
            return false;
        }
        unheard.computeIfAbsent(intent.nodeId(), id -> new ArrayDeque<>()).add(intent);
        return true;
    }

    /** A change has not been made. */
    void undone(Intent intent) {
        begun.remove(intent.nodeId(), intent);
    }

    /**
     * All servers are told of an entry.
     *
     * @param bytes what it is; null if it has been removed
     * @return whether that is news; until the last change made here is heard, it is not
     */
    boolean heard(String nodeId, byte @Nullable [] bytes) {
        Deque<Intent> own = unheard.get(nodeId);
        if (own == null) {
            begun.remove(nodeId);
            return true;
        }
        Claim claim = own.element().claim();
        if (Arrays.equals(claim == null ? null : claim.bytes(), bytes)) {
            own.remove();
            if (own.isEmpty()) {
                unheard.remove(nodeId);
            }
        }
        return false;
    }

    /** All entries have been read anew; what is heard from now on is later. */
    void listed() {
        begun.clear();
        unheard.clear();
    }
}
