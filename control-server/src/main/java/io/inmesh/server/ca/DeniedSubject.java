package io.inmesh.server.ca;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads what an operator wants denied, in the one form it is kept in. */
final class DeniedSubject {
    private static final Pattern SERIAL = Pattern.compile("[0-9a-f]{1,40}");
    private static final Pattern SPIFFE_ID =
            Pattern.compile("spiffe://[a-z0-9._-]{1,255}(/(?!\\.{1,2}(/|$))[a-zA-Z0-9._-]+)+");
    private static final int MAX_SPIFFE_ID = 2048;

    private DeniedSubject() {}

    /**
     * {@return the canonical form of a serial number (hexadecimal, as the audit log and openssl print it, with or without colons or
     * {@code 0x}) or of a SPIFFE id of any trust domain}
     *
     * @throws IllegalArgumentException if it is neither; the message says what to write
     */
    static String parse(String text) {
        String stripped = text.strip();
        if (stripped.startsWith("spiffe:")) {
            if (stripped.length() > MAX_SPIFFE_ID
                    || !SPIFFE_ID.matcher(stripped).matches()) {
                throw new IllegalArgumentException("\"" + stripped
                        + "\" is no SPIFFE id of a workload, such as spiffe://inmesh.local/ns/default/sa/reviews");
            }
            return stripped;
        }
        String digits = stripped.toLowerCase(Locale.ROOT).replace(":", "");
        digits = digits.startsWith("0x") ? digits.substring(2) : digits;
        // RFC 5280, 4.1.2.2: a positive integer of at most 20 octets.
        if (!SERIAL.matcher(digits).matches() || new BigInteger(digits, 16).signum() == 0) {
            throw new IllegalArgumentException("\"" + stripped
                    + "\" is neither a serial number (up to 40 hexadecimal digits) nor a SPIFFE id (spiffe://...)");
        }
        return new BigInteger(digits, 16).toString(16);
    }
}
