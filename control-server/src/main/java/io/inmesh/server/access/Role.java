package io.inmesh.server.access;

import java.util.Locale;

/** What somebody may do, each role including those before it. What each route needs is in one table of the {@code rest} package. */
public enum Role {
    /** Reads configuration and status. */
    VIEWER,
    /** Changes configuration as well. */
    EDITOR,
    /** Makes join tokens and certificates, manages users and tokens, and reads the audit log as well. */
    ADMIN;

    /** {@return whether this role may do what another one may do} */
    public boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }

    /** {@return its name in settings and messages} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
