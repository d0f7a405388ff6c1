package io.inmesh.server.store;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Whether what clients saw of one register could have happened one after the other, each operation at some moment between its call and
 * its return: Wing and Gong's search with Lowe's cache of configurations seen before (Testing for linearizability, 2017).
 */
public final class LinearizabilityChecker {

    /** When an operation whose outcome was never told returns. */
    public static final long NEVER = Long.MAX_VALUE;

    private LinearizabilityChecker() {}

    /** What was asked of the register. */
    public enum Kind {
        /** Its value. */
        READ,
        /** To have another value if it has an expected one. */
        COMPARE_AND_SET,
        /** To have another value whatever it has. */
        WRITE
    }

    /**
     * One operation as its client saw it.
     *
     * @param kind what was asked
     * @param expected of a compare-and-set; null for no value
     * @param value written, or read; null for no value
     * @param done of a compare-and-set, whether it said it was made; null if that was never told, and may be so from the call on or never
     * @param called when it began, on a clock that all share
     * @param returned when it ended; {@link #NEVER} if its outcome was never told
     */
    public record Operation(Kind kind, String expected, String value, Boolean done, long called, long returned) {

        private boolean unknown() {
            return returned == NEVER;
        }

        /** {@return the register's value after it; empty if it could not have gone this way} */
        private Optional<Optional<String>> after(String state) {
            return switch (kind) {
                case READ -> Objects.equals(state, value) ? Optional.of(Optional.ofNullable(state)) : Optional.empty();
                case WRITE -> Optional.of(Optional.ofNullable(value));
                case COMPARE_AND_SET -> {
                    boolean holds = Objects.equals(state, expected);
                    if (!unknown() && holds != done) {
                        yield Optional.empty();
                    }
                    yield Optional.of(Optional.ofNullable(holds ? value : state));
                }
            };
        }
    }

    private record Seen(BitSet made, Optional<String> state) {}

    private record Node(BitSet made, String state) {}

    /** {@return whether there is an order that explains a history, which begins with no value} */
    public static boolean linearizable(List<Operation> history) {
        Set<Seen> seen = new HashSet<>();
        List<Node> open = new ArrayList<>();
        open.add(new Node(new BitSet(), null));
        while (!open.isEmpty()) {
            Node node = open.remove(open.size() - 1);
            if (complete(history, node.made())) {
                return true;
            }
            long firstReturn = firstReturn(history, node.made());
            for (int i = 0; i < history.size(); i++) {
                Operation next = history.get(i);
                // One that was called after another returned cannot come before it.
                if (node.made().get(i) || next.called() > firstReturn) {
                    continue;
                }
                Optional<Optional<String>> state = next.after(node.state());
                if (state.isPresent()) {
                    BitSet made = (BitSet) node.made().clone();
                    made.set(i);
                    if (seen.add(new Seen(made, state.get()))) {
                        open.add(new Node(made, state.get().orElse(null)));
                    }
                }
            }
        }
        return false;
    }

    private static boolean complete(List<Operation> history, BitSet made) {
        for (int i = 0; i < history.size(); i++) {
            if (!made.get(i) && !history.get(i).unknown()) {
                return false;
            }
        }
        return true;
    }

    private static long firstReturn(List<Operation> history, BitSet made) {
        long first = NEVER;
        for (int i = 0; i < history.size(); i++) {
            if (!made.get(i)) {
                first = Math.min(first, history.get(i).returned());
            }
        }
        return first;
    }
}
