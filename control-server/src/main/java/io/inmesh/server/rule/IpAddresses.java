package io.inmesh.server.rule;

import java.util.regex.Pattern;

/** IP addresses and blocks as text. Never asks DNS. */
public final class IpAddresses {
    private static final Pattern V4 =
            Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1?\\d?\\d)");
    private static final Pattern V6_CHARACTERS = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    private IpAddresses() {}

    /** Whether {@code text} is an IPv4 or IPv6 address. */
    public static boolean valid(String text) {
        return V4.matcher(text).matches() || validV6(text);
    }

    /** Whether {@code text} is an address, or an address and a prefix length that fits it. */
    public static boolean validBlock(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return valid(text);
        }
        String address = text.substring(0, slash);
        String length = text.substring(slash + 1);
        int limit = address.indexOf(':') >= 0 ? 128 : 32;
        return valid(address) && length.matches("\\d{1,3}") && Integer.parseInt(length) <= limit;
    }

    private static boolean validV6(String text) {
        if (!V6_CHARACTERS.matcher(text).matches() || text.indexOf(':') < 0) {
            return false;
        }
        int gap = text.indexOf("::");
        if (gap != text.lastIndexOf("::") || text.contains(":::")) {
            return false;
        }
        int groups = 0;
        String[] halves =
                gap < 0 ? new String[] {text} : new String[] {text.substring(0, gap), text.substring(gap + 2)};
        for (int i = 0; i < halves.length; i++) {
            int counted = groups(halves[i], i == halves.length - 1);
            if (counted < 0) {
                return false;
            }
            groups += counted;
        }
        return gap < 0 ? groups == 8 : groups < 8;
    }

    /** How many 16-bit groups stand here; -1 if one is malformed. The last part may end in an IPv4 address. */
    private static int groups(String text, boolean last) {
        if (text.isEmpty()) {
            return 0;
        }
        String[] parts = text.split(":", -1);
        int groups = 0;
        for (int i = 0; i < parts.length; i++) {
            if (last && i == parts.length - 1 && V4.matcher(parts[i]).matches()) {
                groups += 2;
            } else if (parts[i].matches("[0-9a-fA-F]{1,4}")) {
                groups++;
            } else {
                return -1;
            }
        }
        return groups;
    }
}
