package io.inmesh.external;

import java.util.List;

/** How several values of one header become one. */
public final class HeaderValues {

    private HeaderValues() {}

    /**
     * {@return the values as one, in order}
     *
     * <p>Source: RFC 9110, section 5.3; RFC 9113, section 8.2.3 for cookies.
     *
     * @param name lower case name of the header
     */
    public static String joined(String name, List<String> values) {
        return String.join(name.equals("cookie") ? "; " : ",", values);
    }
}
