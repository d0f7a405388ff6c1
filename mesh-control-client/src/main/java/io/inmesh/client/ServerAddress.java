package io.inmesh.client;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a control server listens.
 *
 * @param host host name or IP address, an IPv6 address without brackets
 * @param port TCP port
 */
record ServerAddress(String host, int port) {

    private static final Pattern FORM = Pattern.compile("(?:\\[([^\\[\\]]+)]|([^:\\s]+)):(\\d{1,5})");

    /**
     * {@return an address from {@code host:port}, {@code [IPv6]:port}}
     *
     * @throws IllegalArgumentException if it is neither
     */
    static ServerAddress parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (form.matches()) {
            int port = Integer.parseInt(form.group(3));
            if (port >= 1 && port <= 65535) {
                return new ServerAddress(form.group(1) == null ? form.group(2) : form.group(1), port);
            }
        }
        throw new IllegalArgumentException(
                "\"" + text + "\" is not a control server; write host:port, e.g. localhost:15012");
    }

    /** {@return whether it is this machine, so that nobody on the way could listen} */
    boolean loopback() {
        return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.\\d{1,3}){3}");
    }

    /** {@return {@code host:port}} */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
