package io.inmesh.server.lrs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The endpoints that callers send no calls to, by their newest reports. Bounded by the streams of callers. Safe for use by several threads.
 */
public final class UnusableEndpoints {
    /** The most that one caller can say. */
    static final int MAX_OF_A_CALLER = 1_000;

    private final Map<Object, List<UnusableEndpoint>> byStream = new HashMap<>();

    /** Replaces what was said on {@code stream} before. */
    synchronized void replace(Object stream, List<UnusableEndpoint> now) {
        if (now.isEmpty()) {
            byStream.remove(stream);
        } else {
            byStream.put(stream, List.copyOf(now.subList(0, Math.min(now.size(), MAX_OF_A_CALLER))));
        }
    }

    /** The caller has gone, and what it believed with it. */
    synchronized void left(Object stream) {
        byStream.remove(stream);
    }

    /** {@return what callers that are connected say at present} */
    public synchronized List<UnusableEndpoint> all() {
        return byStream.values().stream().flatMap(List::stream).toList();
    }
}
