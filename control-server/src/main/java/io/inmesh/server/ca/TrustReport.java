package io.inmesh.server.ca;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the processes that are connected to one server stand to the roots, as that server tells others.
 *
 * @param generation how many changes of the authority the server goes by: what it says is about the roots of that moment
 * @param unacknowledged who has not taken over its trust bundle, one text for each; of many only the first
 * @param below who runs a certificate below a root and none below another one, by the root's id; of many only the first
 */
public record TrustReport(long generation, List<String> unacknowledged, Map<String, List<String>> below) {

    /** Names told for one reason; the others follow when these have been seen to. */
    static final int MOST = 20;

    /** Copies both; what is missing, since another version wrote it, is empty. */
    public TrustReport(
            long generation, @Nullable List<String> unacknowledged, @Nullable Map<String, List<String>> below) {
        this.generation = generation;
        this.unacknowledged = unacknowledged == null ? List.of() : List.copyOf(unacknowledged);
        this.below = below == null ? Map.of() : Map.copyOf(below);
    }

    /** {@return the first of some} */
    static List<String> first(List<String> all) {
        return all.size() <= MOST ? all : all.subList(0, MOST);
    }

    /**
     * Another server on the same store.
     *
     * @param id tells it from others, and from itself before a restart
     * @param name what people call it
     * @param report what it has told last; null if it is of a version that tells nothing
     */
    public record Other(String id, String name, @Nullable TrustReport report) {}

    /** What is heard of other servers. */
    public interface Source {
        /** No other servers. */
        Source NONE = new Source() {
            @Override
            public List<Other> others() {
                return List.of();
            }

            @Override
            public List<String> unheard() {
                return List.of();
            }
        };

        /** {@return the other servers that run, as far as is known} */
        List<Other> others();

        /** {@return why that may not be all of it, in words for operators; empty if it is} */
        List<String> unheard();
    }
}
