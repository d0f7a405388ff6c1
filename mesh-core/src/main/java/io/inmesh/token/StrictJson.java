package io.inmesh.token;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON objects (RFC 8259) and refuses what two readers may understand differently: names that come twice, anything after the object,
 * lone surrogates. Texts become {@link String}, whole numbers that fit {@link Long}, others {@link Double}, arrays {@link List}.
 */
final class StrictJson {

    private static final int DEEPEST = 16;
    private static final int LONGEST_NUMBER = 40;

    private final String text;
    private int position;

    private StrictJson(String text) {
        this.text = text;
    }

    /**
     * {@return the object that a text is}
     *
     * @throws IllegalArgumentException if it is no object, or one that is not read in one way only; the message quotes nothing of it
     */
    static Map<String, @Nullable Object> object(String text) {
        StrictJson json = new StrictJson(text);
        json.space();
        json.expect('{');
        Map<String, @Nullable Object> object = json.members(1);
        json.space();
        if (json.position != text.length()) {
            throw json.wrong("something follows the object");
        }
        return object;
    }

    private Map<String, @Nullable Object> members(int depth) {
        if (depth > DEEPEST) {
            throw wrong("it is nested more than " + DEEPEST + " deep");
        }
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        space();
        if (take('}')) {
            return members;
        }
        do {
            space();
            expect('"');
            String name = string();
            if (members.containsKey(name)) {
                throw wrong("a name comes twice in one object");
            }
            space();
            expect(':');
            members.put(name, value(depth));
            space();
        } while (take(','));
        expect('}');
        return members;
    }

    private List<@Nullable Object> elements(int depth) {
        if (depth > DEEPEST) {
            throw wrong("it is nested more than " + DEEPEST + " deep");
        }
        List<@Nullable Object> elements = new ArrayList<>();
        space();
        if (take(']')) {
            return elements;
        }
        do {
            elements.add(value(depth));
            space();
        } while (take(','));
        expect(']');
        return elements;
    }

    private @Nullable Object value(int depth) {
        space();
        switch (next()) {
            case '{':
                return members(depth + 1);
            case '[':
                return elements(depth + 1);
            case '"':
                return string();
            case 't':
                word("true");
                return Boolean.TRUE;
            case 'f':
                word("false");
                return Boolean.FALSE;
            case 'n':
                word("null");
                return null;
            default:
                position--;
                return number();
        }
    }

    private String string() {
        int start = position;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                position = i + 1;
                return text.substring(start, i);
            }
            if (c == '\\' || c < ' ' || Character.isSurrogate(c)) {
                break;
            }
        }
        return slowString();
    }

    private String slowString() {
        StringBuilder string = new StringBuilder();
        for (char c = next(); c != '"'; c = next()) {
            if (c < ' ') {
                throw wrong("a text has a control character");
            }
            string.append(c == '\\' ? escaped() : c);
        }
        for (int i = 0; i < string.length(); i++) {
            if (!Character.isSurrogate(string.charAt(i))) {
                continue;
            }
            if (i + 1 == string.length() || !Character.isSurrogatePair(string.charAt(i), string.charAt(i + 1))) {
                throw wrong("a text has half a character");
            }
            i++;
        }
        return string.toString();
    }

    private char escaped() {
        char c = next();
        switch (c) {
            case '"', '\\', '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(next(), 16);
                    if (digit < 0) {
                        throw wrong("an escape is no hexadecimal number");
                    }
                    code = code * 16 + digit;
                }
                return (char) code;
            default:
                throw wrong("an escape is not known");
        }
    }

    private Object number() {
        int start = position;
        take('-');
        if (!take('0')) {
            digits();
        }
        boolean whole = true;
        if (take('.')) {
            digits();
            whole = false;
        }
        if (take('e') || take('E')) {
            if (!take('+')) {
                take('-');
            }
            digits();
            whole = false;
        }
        if (position - start > LONGEST_NUMBER) {
            throw wrong("a number is too long");
        }
        String number = text.substring(start, position);
        if (whole && number.length() <= 18) {
            return Long.valueOf(number);
        }
        return new BigDecimal(number).doubleValue();
    }

    private void digits() {
        int start = position;
        while (position < text.length() && text.charAt(position) >= '0' && text.charAt(position) <= '9') {
            position++;
        }
        if (position == start) {
            throw wrong("it is no JSON");
        }
    }

    private void word(String word) {
        if (!text.startsWith(word, position - 1)) {
            throw wrong("it is no JSON");
        }
        position += word.length() - 1;
    }

    private void space() {
        while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    private char next() {
        if (position >= text.length()) {
            throw wrong("it ends too early");
        }
        return text.charAt(position++);
    }

    private boolean take(char wanted) {
        if (position < text.length() && text.charAt(position) == wanted) {
            position++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) {
        if (!take(wanted)) {
            throw wrong("it is no JSON object");
        }
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what + " (at character " + position + ")");
    }
}
