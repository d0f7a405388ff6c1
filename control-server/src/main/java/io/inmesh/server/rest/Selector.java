package io.inmesh.server.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One term of a selector: {@code a=b}, {@code a!=b}, {@code a in (b,c)}, {@code a notin (b,c)}, {@code a} or {@code !a}. As in
 * Kubernetes, what is not there differs from every value.
 *
 * @param name of the label or field
 * @param operator what is asked of it
 * @param values compared with; empty for the operators that ask only whether it is there
 */
record Selector(String name, Operator operator, Set<String> values) {

    private static final String NAME = "([A-Za-z0-9][-A-Za-z0-9_./]*)";
    private static final Pattern EQUALITY = Pattern.compile(NAME + "\\s*(=|==|!=)\\s*([-A-Za-z0-9_.]*)");
    private static final Pattern SET = Pattern.compile(NAME + "\\s+(in|notin)\\s*\\(([^()]*)\\)");
    private static final Pattern THERE = Pattern.compile("(!?)\\s*" + NAME);
    private static final Pattern COMMA_OUTSIDE_PARENTHESES = Pattern.compile(",(?![^(]*\\))");

    enum Operator {
        IN,
        NOT_IN,
        THERE,
        ABSENT
    }

    static List<Selector> parse(@Nullable String text) throws HttpProblem {
        List<Selector> terms = new ArrayList<>();
        if (text == null || text.isBlank()) {
            return terms;
        }
        for (String part : COMMA_OUTSIDE_PARENTHESES.split(text)) {
            terms.add(term(part.strip()));
        }
        return terms;
    }

    private static Selector term(String text) throws HttpProblem {
        Matcher equality = EQUALITY.matcher(text);
        if (equality.matches()) {
            Operator operator = equality.group(2).equals("!=") ? Operator.NOT_IN : Operator.IN;
            return new Selector(equality.group(1), operator, Set.of(equality.group(3)));
        }
        Matcher set = SET.matcher(text);
        if (set.matches()) {
            Operator operator = set.group(2).equals("in") ? Operator.IN : Operator.NOT_IN;
            Set<String> values = Set.copyOf(List.of(set.group(3).strip().split("\\s*,\\s*")));
            return new Selector(set.group(1), operator, values);
        }
        Matcher there = THERE.matcher(text);
        if (there.matches()) {
            return new Selector(there.group(2), there.group(1).isEmpty() ? Operator.THERE : Operator.ABSENT, Set.of());
        }
        throw HttpProblem.badRequest("\"" + text + "\" is no selector such as app=reviews or app in (reviews,ratings)");
    }

    boolean matches(Map<String, String> present) {
        String value = present.get(name);
        return switch (operator) {
            case IN -> value != null && values.contains(value);
            case NOT_IN -> value == null || !values.contains(value);
            case THERE -> value != null;
            case ABSENT -> value == null;
        };
    }
}
