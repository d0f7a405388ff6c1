package io.inmesh.route;

/** Host names as they are compared. */
final class HostNames {

    private HostNames() {}

    /** {@return a name without the dot that marks it as complete (RFC 1034 3.1); allocates only if there is one} */
    static String withoutTrailingDot(String host) {
        int last = host.length() - 1;
        return last > 0 && host.charAt(last) == '.' ? host.substring(0, last) : host;
    }
}
