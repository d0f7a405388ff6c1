package io.inmesh.route;

import io.inmesh.call.Call;
import io.inmesh.config.PathMatch;
import io.inmesh.config.PathMatch.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the first route that matches without trying all: routes are filed under the exact path or the prefix they ask for, and only those
 * whose path a call begins with are tried, in order. Routes that cannot be filed (regular expressions, any case) are tried as well.
 *
 * <p>The order of the config decides, not the length of a prefix: of each file the first match is taken, and of those the earliest.
 * Immutable; depends on the paths only, so it survives changes of where routes lead.
 */
final class RouteIndex {

    /** Below this many routes, trying all is faster than looking anything up. */
    private static final int WORTHWHILE = 4;

    private static final int NONE = Integer.MAX_VALUE;

    private final AffixTable<int[]> byPrefix;
    private final Map<String, int[]> byPath;
    private final int[] unfiled;

    RouteIndex(List<RouteRule> rules) {
        Map<String, List<Integer>> prefixes = new HashMap<>();
        Map<String, List<Integer>> paths = new HashMap<>();
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            PathMatch path = rules.get(i).config().match().path();
            if (rules.size() < WORTHWHILE || path.kind() == Kind.REGEX || path.ignoreCase()) {
                others.add(i);
            } else {
                Map<String, List<Integer>> files = path.kind() == Kind.EXACT ? paths : prefixes;
                files.computeIfAbsent(path.value(), value -> new ArrayList<>()).add(i);
            }
        }
        byPrefix = AffixTable.ofPrefixes(arrays(prefixes));
        byPath = arrays(paths);
        unfiled = array(others);
    }

    /** {@return index of the first route that matches, -1 if none does} */
    int match(Route[] routes, Call call) {
        int best = firstUnfiled(routes, call);
        String path = call.path();
        int[] exact = byPath.get(path);
        best = exact == null ? best : first(routes, exact, best, call);
        int longest = byPrefix.longest(path);
        int hash = 0;
        for (int length = 0; length <= longest; length++) {
            hash = length == 0 ? 0 : byPrefix.extend(hash, path, length);
            int[] file = byPrefix.get(path, length, hash);
            best = file == null ? best : first(routes, file, best, call);
        }
        return best == NONE ? -1 : best;
    }

    private int firstUnfiled(Route[] routes, Call call) {
        for (int index : unfiled) {
            if (routes[index].matches(call)) {
                return index;
            }
        }
        return NONE;
    }

    /** {@return the first route of a file that matches, if it comes before the best so far; else the best so far} */
    private static int first(Route[] routes, int[] file, int best, Call call) {
        for (int index : file) {
            if (index >= best) {
                return best;
            }
            if (routes[index].rule().test().testFiled(call)) {
                return index;
            }
        }
        return best;
    }

    private static Map<String, int[]> arrays(Map<String, List<Integer>> files) {
        Map<String, int[]> arrays = new HashMap<>();
        files.forEach((path, file) -> arrays.put(path, array(file)));
        return arrays;
    }

    private static int[] array(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
