package io.inmesh.server.lrs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The endpoints that callers send no calls to, by their newest reports. Bounded by the streams of callers. Safe for use by several threads.
 */
final class UnusableEndpoints {
    /** The most that one caller can say. */
    static final int MAX_OF_A_CALLER = 1_000;

    private final Map<Object, List<UnusableEndpoint>> byStream = new HashMap<>();

    /** Replaces what was said on {@code stream} before. */
    void replace(Object stream, Stream<UnusableEndpoint> said) {
        // Cut while it is read, since a report may name a million.
        List<UnusableEndpoint> now = said.limit(MAX_OF_A_CALLER).toList();
        synchronized (this) {
            if (now.isEmpty()) {
                byStream.remove(stream);
            } else {
                byStream.put(stream, now);
            }
        }
    }

    /** The caller has gone, and what it believed with it. */
    synchronized void left(Object stream) {
        byStream.remove(stream);
    }

    /** {@return what callers that are connected say at present} */
    synchronized List<UnusableEndpoint> all() {
        return byStream.values().stream().flatMap(List::stream).toList();
    }
}
