package io.inmesh.server.ads;

import java.time.Instant;
import java.util.List;

/**
 * How a client stands to the resources of one type.
 *
 * @param typeUrl the type
 * @param state see {@link State}
 * @param sentVersion version of what it was last sent; empty if nothing
 * @param acknowledgedVersion version of what it last took over; empty if nothing
 * @param rejection why it rejected the last response; empty if it did not
 * @param rejectedNames names of up to 20 resources in the rejected response
 * @param since since when the state is so
 */
public record TypeStatus(
        String typeUrl,
        State state,
        String sentVersion,
        String acknowledgedVersion,
        String rejection,
        List<String> rejectedNames,
        Instant since) {

    /** Whether a client runs what it should. */
    public enum State {
        /** It has taken over all that it was sent. */
        SYNCED,
        /** It has not answered the last response yet. */
        STALE,
        /** It has rejected the last response and goes on with what it had. */
        REJECTED
    }
}
