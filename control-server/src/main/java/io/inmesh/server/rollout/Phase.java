package io.inmesh.server.rollout;

/** How far a rollout is. */
public enum Phase {
    /** It has not begun. */
    PENDING("Pending"),
    /** It shifts, waits and judges. */
    PROGRESSING("Progressing"),
    /** It waits for somebody. */
    PAUSED("Paused"),
    /** All requests go to the canary. */
    PROMOTED("Promoted"),
    /** The weights are as they were before it began. */
    ROLLED_BACK("RolledBack"),
    /** The weights could not be put back; somebody has to look. */
    FAILED("Failed");

    private final String word;

    Phase(String word) {
        this.word = word;
    }

    /** {@return its name in a status} */
    public String word() {
        return word;
    }

    /** {@return whether nothing more happens by itself} */
    public boolean over() {
        return compareTo(PROMOTED) >= 0;
    }
}
