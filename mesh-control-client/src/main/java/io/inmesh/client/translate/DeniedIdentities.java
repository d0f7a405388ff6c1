package io.inmesh.client.translate;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;

/**
 * Identities that a revocation list denies besides certificates: URI names in an extension of the control server's (GeneralNames, RFC
 * 5280, 4.2.1.6; its identifier is a UUID below 2.25). Lists of other authorities have none.
 */
final class DeniedIdentities {

    static final String EXTENSION = "2.25.270071135431203073355589353072111366570";

    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int URI = 0x86;

    private DeniedIdentities() {}

    /**
     * {@return the URI names in the list's extension}
     *
     * @throws IllegalArgumentException if it is not what it should be
     */
    static List<String> of(X509CRL list) {
        byte[] extension = list.getExtensionValue(EXTENSION);
        if (extension == null) {
            return List.of();
        }
        Reader names = new Reader(extension).enter(OCTET_STRING).enter(SEQUENCE);
        List<String> uris = new ArrayList<>();
        while (names.more()) {
            uris.add(names.enter(URI).text());
        }
        return uris;
    }

    /** Walks over tags, lengths and values (X.690, 8.1). */
    private static final class Reader {
        private final byte[] bytes;
        private int at;
        private final int end;

        Reader(byte[] bytes) {
            this(bytes, 0, bytes.length);
        }

        private Reader(byte[] bytes, int from, int end) {
            this.bytes = bytes;
            this.at = from;
            this.end = end;
        }

        boolean more() {
            return at < end;
        }

        /** Steps over the next value and gives a reader of what is in it. */
        Reader enter(int tag) {
            if (next() != tag) {
                throw malformed();
            }
            int length = next();
            if (length >= 0x80) {
                int octets = length - 0x80;
                if (octets == 0 || octets > 3) {
                    throw malformed();
                }
                length = 0;
                for (int i = 0; i < octets; i++) {
                    length = length << 8 | next();
                }
            }
            if (length > end - at) {
                throw malformed();
            }
            Reader inside = new Reader(bytes, at, at + length);
            at += length;
            return inside;
        }

        String text() {
            return new String(bytes, at, end - at, StandardCharsets.US_ASCII);
        }

        private int next() {
            if (at >= end) {
                throw malformed();
            }
            return bytes[at++] & 0xFF;
        }

        private static IllegalArgumentException malformed() {
            return new IllegalArgumentException("the extension with denied identities is malformed");
        }
    }
}
