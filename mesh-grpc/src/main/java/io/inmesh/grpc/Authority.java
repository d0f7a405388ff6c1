package io.inmesh.grpc;

import java.util.Locale;

/**
 * The name a channel calls: {@code host} or {@code host:port}.
 *
 * @param text as the application wrote it; what servers see as {@code :authority}
 * @param host lower case host without port
 * @param port port, 80 where none is given, as gRPC over plaintext HTTP/2 has it
 */
record Authority(String text, String host, int port) {

    private static final int DEFAULT_PORT = 80;

    /**
     * {@return the parts of an authority}
     *
     * @throws IllegalArgumentException if the port is not a number from 1 to 65535
     */
    static Authority parse(String text) {
        int colon = text.lastIndexOf(':');
        boolean bareIpv6 = colon >= 0 && text.indexOf(':') != colon && !text.startsWith("[");
        if (colon < 0 || bareIpv6 || text.endsWith("]")) {
            return new Authority(text, unbracket(text), DEFAULT_PORT);
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException("port of \"" + text + "\" must be 1 to 65535");
            }
            return new Authority(text, unbracket(text.substring(0, colon)), port);
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("authority must be host or host:port: \"" + text + "\"", notANumber);
        }
    }

    private static String unbracket(String host) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return bare.toLowerCase(Locale.ROOT);
    }
}
