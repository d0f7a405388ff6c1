package io.inmesh.authz;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Writes a {@linkplain CanonicalPath canonical path} as a part of a URL, so that whoever decodes it once has the path that policies are tested
 * on: {@code /a%2520b} must not become {@code /a b} for one reader and {@code /a%20b} for another, nor {@code %3F} the begin of a query.
 */
public final class EncodedPath {

    /** Source: RFC 3986, section 3.3 (pchar), without the semicolon, behind which some readers see parameters. */
    private static final String PLAIN = "-._~!$&'()*+,=:@/";

    private EncodedPath() {}

    /** {@return the percent-encoded form of a canonical path} */
    public static String of(String canonical) {
        int first = 0;
        while (first < canonical.length() && plain(canonical.charAt(first))) {
            first++;
        }
        if (first == canonical.length()) {
            return canonical;
        }
        StringBuilder encoded = new StringBuilder(canonical.length() + 16).append(canonical, 0, first);
        HexFormat hex = HexFormat.of().withUpperCase();
        for (byte next : canonical.substring(first).getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (next & 0xff);
            if (plain(c)) {
                encoded.append(c);
            } else {
                hex.toHexDigits(encoded.append('%'), next);
            }
        }
        return encoded.toString();
    }

    private static boolean plain(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || PLAIN.indexOf(c) >= 0;
    }
}
