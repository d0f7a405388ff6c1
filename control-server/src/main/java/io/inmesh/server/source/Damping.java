package io.inmesh.server.source;

import io.inmesh.server.settings.Section;
import java.time.Duration;

/**
 * How fast endpoints go that have vanished without a word: section {@code sources.damping}.
 *
 * @param sharePercent how many of a service's endpoints may go in one pass, at least one
 * @param every time from pass to pass
 * @param freezePercent if more than this share of all endpoints of a source, or all of a service, have vanished, none goes before {@code grace}
 * @param grace how long those are kept
 */
public record Damping(int sharePercent, Duration every, int freezePercent, Duration grace) {

    /** As Eureka, which lets 15 % go in a pass; and half of all at once is taken for an accident of the registry. */
    public static final Damping DEFAULT = new Damping(15, Duration.ofSeconds(10), 50, Duration.ofMinutes(5));

    /** {@return the section's values, the defaults for those it does not name} */
    public static Damping read(Section section) {
        return new Damping(
                section.number("share", DEFAULT.sharePercent, 1, 100),
                section.duration("every", DEFAULT.every),
                section.number("freeze", DEFAULT.freezePercent, 0, 100),
                section.duration("grace", DEFAULT.grace));
    }

    int mayGo(int known) {
        return Math.max(1, known * sharePercent / 100);
    }
}
