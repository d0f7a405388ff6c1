package io.inmesh.bench.macro;

/** What an arm does when it is its turn. */
enum Turn {
    /** Calls one after the other. */
    CLOSED_1,
    /** Eight callers, which saturate a small machine. */
    CLOSED_8,
    /** Calls at planned times, half as many as the bare arm can make. */
    OPEN;

    /** Share of the bare arm's capacity that the open loop asks for. */
    static final double OPEN_SHARE = 0.5;

    /**
     * {@return the line that tells a client what to do}
     *
     * @param millis how long
     * @param rate calls per second of the open loop
     * @param seed draws the times of the open loop; the same for all arms of a round
     */
    String command(int millis, double rate, long seed) {
        return switch (this) {
            case CLOSED_1 -> "closed 1 " + millis;
            case CLOSED_8 -> "closed 8 " + millis;
            case OPEN -> "open " + rate + " " + millis + " " + seed;
        };
    }
}
