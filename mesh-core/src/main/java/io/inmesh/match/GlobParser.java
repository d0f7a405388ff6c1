package io.inmesh.match;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a regular expression says no more than a few {@linkplain Glob globs} do. Those that control planes make of
 * wildcards in policies do: literal text, {@code .*}, {@code .+}, and groups of alternatives of these, which may be optional.
 */
final class GlobParser {

    private static final int MOST = 16;
    private static final String META = "\\.+*?()|[]{}^$";

    private final String pattern;
    private int position;
    private boolean failed;

    private GlobParser(String pattern) {
        this.pattern = pattern;
    }

    /** {@return globs of which a text has to fit any; null if the pattern is more than that} */
    static Glob @Nullable [] parse(String pattern) {
        GlobParser parser = new GlobParser(pattern);
        List<List<Part>> sequences = parser.sequence();
        if (parser.failed || parser.position < pattern.length()) {
            return null;
        }
        return sequences.stream().map(GlobParser::glob).toArray(Glob[]::new);
    }

    /** Literal text, or a wildcard for at least so many characters. */
    private record Part(@Nullable String literal, int least) {}

    private List<List<Part>> sequence() {
        List<List<Part>> sequences = List.of(List.of());
        while (!failed && position < pattern.length() && "|)".indexOf(pattern.charAt(position)) < 0) {
            sequences = product(sequences, item());
        }
        return sequences;
    }

    private List<List<Part>> item() {
        char c = pattern.charAt(position++);
        if (c == '(') {
            return group();
        }
        if (c == '.') {
            boolean star = accept('*');
            if (!star && !accept('+')) {
                return fail();
            }
            // A question mark or a plus after it would mean something else.
            return quantified() ? fail() : List.of(List.of(new Part(null, star ? 0 : 1)));
        }
        String literal = c == '\\' ? escaped() : META.indexOf(c) >= 0 ? null : String.valueOf(c);
        return literal == null || quantified() ? fail() : List.of(List.of(new Part(literal, 0)));
    }

    private List<List<Part>> group() {
        if (position < pattern.length() && pattern.charAt(position) == '?') {
            return fail();
        }
        List<List<Part>> alternatives = new ArrayList<>(sequence());
        while (accept('|')) {
            alternatives.addAll(sequence());
        }
        if (!accept(')')) {
            return fail();
        }
        if (accept('?')) {
            alternatives.add(List.of());
        }
        return quantified() ? fail() : alternatives;
    }

    private @Nullable String escaped() {
        if (position >= pattern.length()) {
            return null;
        }
        char c = pattern.charAt(position++);
        if (c != 'Q') {
            return Character.isLetterOrDigit(c) ? null : String.valueOf(c);
        }
        int end = pattern.indexOf("\\E", position);
        String quoted = end < 0 ? pattern.substring(position) : pattern.substring(position, end);
        position = end < 0 ? pattern.length() : end + 2;
        return quoted;
    }

    private boolean quantified() {
        return position < pattern.length() && "*+?{".indexOf(pattern.charAt(position)) >= 0;
    }

    private boolean accept(char c) {
        boolean here = position < pattern.length() && pattern.charAt(position) == c;
        position += here ? 1 : 0;
        return here;
    }

    private List<List<Part>> product(List<List<Part>> left, List<List<Part>> right) {
        if (left.size() * right.size() > MOST) {
            return fail();
        }
        List<List<Part>> all = new ArrayList<>();
        for (List<Part> first : left) {
            for (List<Part> second : right) {
                List<Part> both = new ArrayList<>(first);
                both.addAll(second);
                all.add(both);
            }
        }
        return all;
    }

    private List<List<Part>> fail() {
        failed = true;
        return List.of();
    }

    private static Glob glob(List<Part> parts) {
        List<String> pieces = new ArrayList<>();
        List<Integer> gaps = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        boolean afterGap = false;
        for (Part part : parts) {
            String literal = part.literal();
            if (literal != null) {
                piece.append(literal);
                afterGap &= literal.isEmpty();
            } else if (afterGap) {
                int last = gaps.size() - 1;
                gaps.set(last, gaps.get(last) + part.least());
            } else {
                pieces.add(piece.toString());
                piece.setLength(0);
                gaps.add(part.least());
                afterGap = true;
            }
        }
        pieces.add(piece.toString());
        return new Glob(
                pieces.toArray(new String[0]),
                gaps.stream().mapToInt(Integer::intValue).toArray());
    }
}
