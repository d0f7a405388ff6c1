package io.inmesh.authz;

import io.inmesh.match.TextTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which of many policies can match a path at all: those whose paths begin as it does. The longest such beginning is found by binary search,
 * and has the list of all policies for paths that begin so.
 */
final class PathIndex {

    /** Numbers in all lists together; beyond, testing every policy is the lesser evil. */
    private static final int MOST_ENTRIES = 1_000_000;

    private static final int NONE = -1;

    private final String[] beginnings;
    /** Index of the longest other beginning that this one begins with. */
    private final int[] shorter;

    private final int[][] policies;
    private final int[] others;

    PathIndex(List<FactTest> tests) {
        List<@Nullable Set<String>> required = new ArrayList<>();
        Set<String> distinct = new TreeSet<>();
        for (FactTest test : tests) {
            Set<String> own = Requirement.of(test, PathIndex::beginnings);
            required.add(own);
            if (own != null) {
                distinct.addAll(own);
            }
        }
        int[] free = worthTesting(required, null);
        boolean large = (long) distinct.size() * free.length > MOST_ENTRIES;
        this.others = large ? IntStream.range(0, tests.size()).toArray() : free;
        this.beginnings = large ? new String[0] : distinct.toArray(new String[0]);
        this.shorter = new int[beginnings.length];
        this.policies = new int[beginnings.length][];
        for (int i = 0; i < beginnings.length; i++) {
            shorter[i] = longest(beginnings[i], i - 1);
            policies[i] = worthTesting(required, beginnings[i]);
        }
    }

    /** {@return indices of the policies that may match a path, in their order} */
    int[] candidates(String path) {
        if (beginnings.length == 0) {
            return others;
        }
        int found = Arrays.binarySearch(beginnings, path);
        int longest = longest(path, found >= 0 ? found : -found - 2);
        return longest == NONE ? others : policies[longest];
    }

    /**
     * {@return index of the longest beginning of a path}
     *
     * <p>Whatever sorts between a beginning of the path and the path begins as that does, so the way down from the last that is not after the
     * path leads there.
     */
    private int longest(String path, int last) {
        int i = last;
        while (i != NONE && !path.startsWith(beginnings[i])) {
            i = shorter[i];
        }
        return i;
    }

    private static int[] worthTesting(List<@Nullable Set<String>> required, @Nullable String beginning) {
        return IntStream.range(0, required.size())
                .filter(i -> {
                    Set<String> own = required.get(i);
                    return own == null || beginning != null && own.stream().anyMatch(beginning::startsWith);
                })
                .toArray();
    }

    /** {@return beginnings of which a path must have one for a test of one part to hold; null if it may hold for any} */
    private static @Nullable Set<String> beginnings(FactTest test) {
        if (test instanceof FactTest.Path path) {
            String beginning = path.text() instanceof TextTest.Exact exact && !exact.ignoreCase()
                    ? exact.text()
                    : path.text() instanceof TextTest.Prefix prefix && !prefix.ignoreCase() ? prefix.text() : "";
            return beginning.isEmpty() ? null : Set.of(beginning);
        } else if (test instanceof FactTest.Template template) {
            String beginning = template.template().beginning();
            return beginning.isEmpty() ? null : Set.of(beginning);
        }
        return null;
    }
}
