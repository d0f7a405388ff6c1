package io.inmesh.server.model;

import java.time.Duration;

/** How long something has been or will be, as people read it. */
public final class Ages {

    private Ages() {}

    /** {@return such as {@code 45s}, {@code 12m}, {@code 7h} or {@code 3d}; the sign is left to the reader} */
    public static String text(Duration duration) {
        Duration length = duration.abs();
        if (length.toSeconds() < 120) {
            return length.toSeconds() + "s";
        }
        if (length.toMinutes() < 120) {
            return length.toMinutes() + "m";
        }
        return length.toHours() < 48 ? length.toHours() + "h" : length.toDays() + "d";
    }
}
