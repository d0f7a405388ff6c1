package io.inmesh.server.jwks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A whole HTTP/1.1 answer, up to the end of its connection (RFC 9112). */
final class HttpAnswer {

    /** Head and body together; key sets are a few kilobytes. */
    static final int LONGEST = 256 * 1024;

    private static final String END_OF_LINE = "\r\n";

    private final String head;
    private final String body;

    HttpAnswer(byte[] bytes) throws IOException {
        // One character a byte, so that lengths stay what they are.
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf(END_OF_LINE + END_OF_LINE);
        if (end < 0 || !text.startsWith("HTTP/1.")) {
            throw new IOException("its answer is no HTTP");
        }
        this.head = text.substring(0, end) + END_OF_LINE;
        this.body = text.substring(end + 2 * END_OF_LINE.length());
    }

    /**
     * {@return the document in it}
     *
     * @throws IOException if there is another status than 200, or the document is not whole
     */
    String document() throws IOException {
        String status = head.substring(0, head.indexOf(END_OF_LINE));
        if (!status.matches("HTTP/1\\.[01] 200( .*)?")) {
            boolean elsewhere = status.matches("HTTP/1\\.[01] 3\\d\\d( .*)?");
            throw new IOException("it answers \"" + status.replaceAll("[^ -~]", "?") + "\""
                    + (elsewhere ? ", and redirects are not followed" : ""));
        }
        String coding = header("transfer-encoding");
        String whole = coding.isEmpty() ? sized() : chunked(coding);
        return new String(whole.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private String sized() throws IOException {
        String length = header("content-length");
        if (length.isEmpty()) {
            return body;
        }
        if (!length.matches("\\d{1,7}") || Integer.parseInt(length) > body.length()) {
            throw new IOException("its answer ends too early");
        }
        return body.substring(0, Integer.parseInt(length));
    }

    private String chunked(String coding) throws IOException {
        if (!coding.equalsIgnoreCase("chunked")) {
            throw new IOException("its answer is coded in a way that is not known");
        }
        StringBuilder whole = new StringBuilder();
        int position = 0;
        while (true) {
            int end = body.indexOf(END_OF_LINE, position);
            String size = end < 0 ? "" : body.substring(position, end).replaceFirst("[ \t]*;.*", "");
            if (!size.matches("[0-9A-Fa-f]{1,6}")) {
                throw new IOException("its answer ends too early");
            }
            int length = Integer.parseInt(size, 16);
            int from = end + END_OF_LINE.length();
            if (length == 0) {
                return whole.toString();
            }
            if (from + length + END_OF_LINE.length() > body.length()) {
                throw new IOException("its answer ends too early");
            }
            whole.append(body, from, from + length);
            position = from + length + END_OF_LINE.length();
        }
    }

    private String header(String name) {
        for (String line : head.split(END_OF_LINE, -1)) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals(name)) {
                return line.substring(colon + 1).strip();
            }
        }
        return "";
    }
}
