package io.inmesh.observe;

import org.jspecify.annotations.Nullable;

/** One flat JSON object on one line. What clients choose is escaped and cut, so that no request can forge a line or fill a disk. */
final class JsonLine {

    private static final int MAX_VALUE = 2048;
    private static final int INITIAL = 1024;
    private static final String HEX = "0123456789abcdef";
    private static final char FIRST_PRINTABLE = ' ';
    private static final char DELETE = 0x7f;

    private final StringBuilder text = new StringBuilder(INITIAL).append('{');

    /** Adds text, {@code null} if there is none. */
    JsonLine text(String name, @Nullable String value) {
        key(name);
        if (value == null) {
            text.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    /** Adds text if there is any. */
    JsonLine present(String name, @Nullable String value) {
        return value == null ? this : text(name, value);
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
        if (text.length() > 1) {
            text.append(',');
        }
        quote(name);
        text.append(':');
    }

    private void quote(String value) {
        text.append('"');
        int end = Math.min(value.length(), MAX_VALUE);
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < FIRST_PRINTABLE || c >= DELETE) {
                // Plain ASCII leaves nothing to the encoding of appenders, and no unpaired surrogate.
                text.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    text.append(HEX.charAt(c >> shift & 0xf));
                }
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
