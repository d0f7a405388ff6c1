package io.inmesh.xds.cel;

import io.inmesh.xds.cel.Condition.And;
import io.inmesh.xds.cel.Condition.Compare;
import io.inmesh.xds.cel.Condition.Constant;
import io.inmesh.xds.cel.Condition.Not;
import io.inmesh.xds.cel.Condition.Or;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a condition from left to right, one level of precedence per method. Bounded in length and depth. */
final class ConditionParser {

    private static final int MAX_LENGTH = 2000;
    private static final int MAX_DEPTH = 30;
    private static final Set<String> NUMBERS = Set.of("response.code", "response.grpc_status");
    private static final String DURATION = "request.duration";
    private static final String HEADERS = "request.headers";
    private static final String MTLS = "connection.mtls";
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*");
    private static final Pattern OPERATOR = Pattern.compile("==|!=|<=|>=|<|>");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern TEXT = Pattern.compile("'([^'\\\\\\n]*)'|\"([^\"\\\\\\n]*)\"");
    private static final Pattern LENGTH_OF_TIME = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(h|m|s|ms)");

    private final String text;
    private int at;
    private int depth;

    ConditionParser(String text) {
        this.text = text;
    }

    Condition parse() {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("is longer than " + MAX_LENGTH + " characters");
        }
        Condition all = or();
        skip();
        if (at < text.length()) {
            throw unexpected("the end");
        }
        return all;
    }

    private Condition or() {
        Condition left = and();
        while (take("||")) {
            left = new Or(left, and());
        }
        return left;
    }

    private Condition and() {
        Condition left = unary();
        while (take("&&")) {
            left = new And(left, unary());
        }
        return left;
    }

    private Condition unary() {
        if (++depth > MAX_DEPTH) {
            throw new IllegalArgumentException("is nested more than " + MAX_DEPTH + " deep");
        }
        try {
            skip();
            if (!text.startsWith("!=", at) && take("!")) {
                return new Not(unary());
            }
            if (take("(")) {
                Condition inner = or();
                expect(")");
                return inner;
            }
            return comparison();
        } finally {
            depth--;
        }
    }

    private Condition comparison() {
        int start = at;
        String name = match(NAME, "an attribute such as response.code");
        if (name.equals("true") || name.equals("false")) {
            return new Constant(name.equals("true"));
        }
        if (!Condition.ATTRIBUTES.contains(name)) {
            throw new IllegalArgumentException("\"" + name + "\" at position " + (start + 1)
                    + " is not among what conditions can look at: " + String.join(", ", Condition.ATTRIBUTES));
        }
        String header = "";
        if (name.equals(HEADERS)) {
            expect("[");
            header = quoted().toLowerCase(Locale.ROOT);
            expect("]");
        }
        skip();
        Matcher operator = OPERATOR.matcher(text).region(at, text.length());
        if (!operator.lookingAt()) {
            if (name.equals(MTLS)) {
                return new Compare(name, "", "==", true);
            }
            throw unexpected("one of == != < <= > >=");
        }
        at = operator.end();
        boolean ordered = operator.group().length() == 1
                || operator.group().charAt(0) != '=' && operator.group().charAt(0) != '!';
        if (ordered && !NUMBERS.contains(name) && !name.equals(DURATION)) {
            throw new IllegalArgumentException(name + " has no order; compare it with == or !=");
        }
        return new Compare(name, header, operator.group(), value(name));
    }

    private Object value(String attribute) {
        if (NUMBERS.contains(attribute)) {
            return Long.valueOf(match(NUMBER, "a whole number, which " + attribute + " is compared with"));
        }
        if (attribute.equals(DURATION)) {
            String function = match(NAME, "duration(\"500ms\"), which request.duration is compared with");
            if (!function.equals("duration")) {
                throw new IllegalArgumentException(
                        "request.duration is compared with duration(\"500ms\"), not with " + function);
            }
            expect("(");
            long millis = millis(quoted());
            expect(")");
            return millis;
        }
        if (attribute.equals(MTLS)) {
            String word = match(NAME, "true or false, which connection.mtls is compared with");
            if (!word.equals("true") && !word.equals("false")) {
                throw new IllegalArgumentException("connection.mtls is compared with true or false, not with " + word);
            }
            return word.equals("true");
        }
        return quoted();
    }

    private static long millis(String duration) {
        Matcher parts = LENGTH_OF_TIME.matcher(duration);
        if (!parts.matches()) {
            throw new IllegalArgumentException("\"" + duration + "\" is no duration such as 500ms or 1.5s");
        }
        long unit = switch (parts.group(2)) {
            case "h" -> 3_600_000L;
            case "m" -> 60_000L;
            case "s" -> 1000L;
            default -> 1L;
        };
        return new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit)).longValue();
    }

    private String quoted() {
        skip();
        Matcher quoted = TEXT.matcher(text).region(at, text.length());
        if (!quoted.lookingAt()) {
            throw unexpected("text in quotes, without escapes");
        }
        at = quoted.end();
        return quoted.group(1) != null ? quoted.group(1) : quoted.group(2);
    }

    private String match(Pattern pattern, String what) {
        skip();
        Matcher found = pattern.matcher(text).region(at, text.length());
        if (!found.lookingAt()) {
            throw unexpected(what);
        }
        at = found.end();
        return found.group();
    }

    private boolean take(String symbol) {
        skip();
        if (text.startsWith(symbol, at)) {
            at += symbol.length();
            return true;
        }
        return false;
    }

    private void expect(String symbol) {
        if (!take(symbol)) {
            throw unexpected("\"" + symbol + "\"");
        }
    }

    private void skip() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private IllegalArgumentException unexpected(String wanted) {
        String found =
                at >= text.length() ? "ends" : "has \"" + text.substring(at, Math.min(text.length(), at + 20)) + "\"";
        return new IllegalArgumentException(found + " at position " + (at + 1) + ", where " + wanted + " has to stand");
    }
}
