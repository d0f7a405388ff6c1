package io.inmesh.server.lrs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that callers send no calls to, by their newest reports. Bounded by the streams of callers, and by service accounts. Safe for
 * use by several threads.
 */
final class UnusableEndpoints {
    /** The most that one caller can say. */
    static final int MAX_OF_A_CALLER = 1_000;

    /** The most that all callers of one service account can say. */
    static final int MAX_OF_IDENTITY = 20_000;

    private final Map<Object, Said> byStream = new HashMap<>();
    private final Map<String, Integer> ofIdentity = new HashMap<>();

    private record Said(String identity, List<UnusableEndpoint> endpoints) {}

    /**
     * Replaces what was said on {@code stream} before.
     *
     * @param identity whose stream it is
     */
    void replace(Object stream, String identity, Stream<UnusableEndpoint> said) {
        // Cut while it is read, since a report may name a million.
        List<UnusableEndpoint> now = said.limit(MAX_OF_A_CALLER).toList();
        synchronized (this) {
            forget(byStream.remove(stream));
            int room = MAX_OF_IDENTITY - ofIdentity.getOrDefault(identity, 0);
            // Copied, else what is cut off would be kept as well.
            List<UnusableEndpoint> kept = now.size() <= room ? now : List.copyOf(now.subList(0, room));
            if (!kept.isEmpty()) {
                byStream.put(stream, new Said(identity, kept));
                ofIdentity.merge(identity, kept.size(), Integer::sum);
            }
        }
    }

    /** The caller has gone, and what it believed with it. */
    synchronized void left(Object stream) {
        forget(byStream.remove(stream));
    }

    private void forget(@Nullable Said before) {
        if (before != null) {
            ofIdentity.computeIfPresent(
                    before.identity(),
                    (identity, count) -> count == before.endpoints().size()
                            ? null
                            : count - before.endpoints().size());
        }
    }

    /** {@return what callers that are connected say at present} */
    synchronized List<UnusableEndpoint> all() {
        return byStream.values().stream()
                .flatMap(said -> said.endpoints().stream())
                .toList();
    }
}
