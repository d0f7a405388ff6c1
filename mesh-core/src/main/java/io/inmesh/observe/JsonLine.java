package io.inmesh.observe;

import org.jspecify.annotations.Nullable;

/**
 * Flat JSON objects, each on one line, one after the other. What clients choose is escaped and cut, so that no request can forge a line or
 * fill a disk. For one thread.
 */
final class JsonLine {

    private static final int MAX_VALUE = 2048;
    private static final int INITIAL = 1024;
    /** Room that is kept for the next line; more was needed by one that is unlike others. */
    private static final int MAX_KEPT = 16_384;

    private static final int MAX_DIGITS = 20;
    private static final String HEX = "0123456789abcdef";
    private static final char FIRST_PRINTABLE = ' ';
    private static final char DELETE = 0x7f;

    private StringBuilder text = new StringBuilder(INITIAL);
    /** How many characters the value that is being written may still have. */
    private int left;

    /** Begins a line. */
    JsonLine begin() {
        if (text.capacity() > MAX_KEPT) {
            text = new StringBuilder(INITIAL);
        }
        text.setLength(0);
        text.append('{');
        return this;
    }

    /** Adds text, {@code null} if there is none. */
    JsonLine text(String name, @Nullable String value) {
        if (value != null) {
            return open(name).part(value).close();
        }
        key(name);
        text.append("null");
        return this;
    }

    /** Adds text if there is any. */
    JsonLine present(String name, @Nullable String value) {
        return value == null ? this : text(name, value);
    }

    /** Begins a value that is text made of parts. */
    JsonLine open(String name) {
        key(name);
        text.append('"');
        left = MAX_VALUE;
        return this;
    }

    /** Adds text to a value. */
    JsonLine part(String value) {
        int end = Math.min(value.length(), left);
        left -= end;
        int plain = 0;
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\' || c < FIRST_PRINTABLE || c >= DELETE) {
                text.append(value, plain, i);
                plain = i + 1;
                escape(c);
            }
        }
        text.append(value, plain, end);
        return this;
    }

    /** Adds digits to a value. */
    JsonLine part(long number) {
        if (left < MAX_DIGITS) {
            // Cut like letters are.
            return part(Long.toString(number));
        }
        int before = text.length();
        text.append(number);
        left -= text.length() - before;
        return this;
    }

    /** Ends a value that is text. */
    JsonLine close() {
        text.append('"');
        return this;
    }

    JsonLine number(String name, long value) {
        key(name);
        text.append(value);
        return this;
    }

    /** Adds a size, {@code null} if it is not known. */
    JsonLine size(String name, long bytes) {
        return bytes < 0 ? text(name, null) : number(name, bytes);
    }

    /** Adds a size if it is known. */
    JsonLine presentSize(String name, long bytes) {
        return bytes < 0 ? this : number(name, bytes);
    }

    String end() {
        return text.append('}').toString();
    }

    private void key(String name) {
        text.append(text.length() > 1 ? ",\"" : "\"");
        left = MAX_VALUE;
        part(name);
        text.append("\":");
    }

    private void escape(char c) {
        if (c == '"' || c == '\\') {
            text.append('\\').append(c);
            return;
        }
        // Plain ASCII leaves nothing to the encoding of appenders, and no unpaired surrogate.
        text.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            text.append(HEX.charAt(c >> shift & 0xf));
        }
    }
}
