package io.inmesh.server.graph;

import java.time.Duration;

/**
 * When something was counted.
 *
 * @param length how long it took to come about
 * @param age how long ago that ended, zero if just now
 */
record Period(Duration length, Duration age) {

    /** Takes what is said to lie ahead as just now: no clock of this server says so. */
    Period {
        age = age.isNegative() ? Duration.ZERO : age;
    }
}
