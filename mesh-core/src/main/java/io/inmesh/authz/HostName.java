package io.inmesh.authz;

import java.util.Locale;

/**
 * A host as a request names it, in the one form that policies are tested on: lower case, without the dot that marks it as absolute, IPv6
 * in brackets. (The lesson of CVE-2021-39155.)
 *
 * @param host canonical host, without port
 * @param port port as it was written, with its colon; empty if none was
 */
public record HostName(String host, String port) {

    private static final int MAX_PORT = 65_535;

    /** {@return the parts of {@code host} or {@code host:port}} */
    public static HostName parse(String text) {
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon >= 0 && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
        return hasPort
                ? new HostName(canonical(text.substring(0, colon)), text.substring(colon))
                : new HostName(canonical(text), "");
    }

    /** {@return the canonical form of a host without port} */
    static String canonical(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".")) {
            return lower.substring(0, lower.length() - 1);
        }
        return lower.indexOf(':') >= 0 && !lower.startsWith("[") ? "[" + lower + "]" : lower;
    }

    /** {@return whether a text can be a host with or without port, and nothing else: no user, no path, no list (RFC 3986 3.2.2)} */
    public static boolean wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean usual = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!usual && "-._:[]".indexOf(c) < 0) {
                return false;
            }
        }
        int colon = text.lastIndexOf(':');
        return colon < 0 || text.indexOf(':') != colon || wellFormedPort(text, colon + 1);
    }

    private static boolean wellFormedPort(String text, int start) {
        int port = 0;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            port = c < '0' || c > '9' ? MAX_PORT + 1 : Math.min(MAX_PORT + 1, port * 10 + (c - '0'));
        }
        return port <= MAX_PORT;
    }

    /** {@return host and port, with {@code defaultPort} where none was written} */
    String withPort(int defaultPort) {
        return host + (port.isEmpty() ? ":" + defaultPort : port);
    }
}
