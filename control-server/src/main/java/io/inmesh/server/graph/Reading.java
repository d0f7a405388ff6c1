package io.inmesh.server.graph;

import java.time.Instant;
import java.util.List;

/**
 * What happened in some time until now.
 *
 * @param now wall-clock time
 * @param since since when anything is known
 * @param seconds how long the time is that was looked at: at least what was asked for, but not from before anything was known
 * @param entries what was counted
 */
public record Reading(Instant now, Instant since, double seconds, List<Entry> entries) {

    /** Copies the list. */
    public Reading {
        entries = List.copyOf(entries);
    }

    /**
     * What was counted of one subject.
     *
     * @param subject what
     * @param counts {@link Packed} counts
     * @param lastSeen when a report counted it last, to ten seconds
     */
    // An array in a record: it is never changed, and never compared.
    @SuppressWarnings("ArrayRecordComponent")
    record Entry(Subject subject, byte[] counts, Instant lastSeen) {}
}
