package io.inmesh.server.ctl;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a version that says who works with whom.
 *
 * @param major its first number
 * @param minor its second number
 */
record Release(int major, int minor) {

    private static final Pattern FORM = Pattern.compile("v?(\\d{1,6})\\.(\\d{1,6})\\b.*");

    /** {@return the release of a version such as {@code 0.1.0-SNAPSHOT}; null if it has none, as what was not built by a release} */
    static @Nullable Release of(@Nullable String version) {
        Matcher matcher = FORM.matcher(version == null ? "" : version);
        return matcher.matches()
                ? new Release(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
                : null;
    }

    /** {@return whether another one is further away than what is promised to work, a minor version up or down} */
    boolean apart(@Nullable Release other) {
        return other != null && (other.major != major || Math.abs(other.minor - minor) > 1);
    }
}
