package io.inmesh.server.lrs;

import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsException;
import java.time.Duration;

/**
 * How processes report: section {@code reports} of the settings file.
 *
 * @param interval how often a process is asked to report its load, 1 s to 1 min; default 10 s. What the graph of services shows is that much
 *     behind
 */
public record ReportSettings(Duration interval) {

    /** The interval of a server that says nothing about it. */
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /**
     * {@return what the section says}
     *
     * @param section section {@code reports}, which may be empty
     * @throws SettingsException if it is wrong
     */
    public static ReportSettings read(Section section) {
        Duration interval = section.duration("interval", DEFAULT_INTERVAL);
        if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
            throw section.fault("interval", "is " + interval.toMillis() + " ms but has to be from 1s to 1m");
        }
        return new ReportSettings(interval);
    }
}
