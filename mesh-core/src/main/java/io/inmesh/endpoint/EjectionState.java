package io.inmesh.endpoint;

/**
 * Whether an endpoint is out of rotation. Written by outlier detection under its own lock, read by balancers without one.
 */
public final class EjectionState {

    private final Rotation rotation;
    private final Tally answers = new Tally();
    private final Tally reached = new Tally();
    private volatile boolean ejected;
    private volatile boolean suspect;
    private volatile String why = "";

    EjectionState(Rotation rotation) {
        this.rotation = rotation;
    }

    /** {@return whether the endpoint is out of rotation now} */
    public boolean ejected() {
        return ejected;
    }

    /** {@return why it was last taken out of rotation; empty if it never was} */
    public String why() {
        return why;
    }

    /** Takes the endpoint out of rotation for a reason. Called by outlier detection only. */
    public void eject(String reason) {
        why = reason;
        set(true);
    }

    /** Takes the endpoint out of rotation, or puts it back. Called by outlier detection only. */
    public void set(boolean ejected) {
        if (this.ejected != ejected) {
            this.ejected = ejected;
            // After the write, so that whoever sees the new count sees the new state.
            rotation.changed();
        }
    }

    /** {@return attempts by whether their answers were errors, since the last sweep} */
    public Tally answers() {
        return answers;
    }

    /** {@return attempts by whether there was an answer at all, since the last sweep; counted only where split} */
    public Tally reached() {
        return reached;
    }

    /** {@return whether it has failed since it last succeeded; lets a success cost no more than this read} */
    public boolean suspect() {
        return suspect;
    }

    /** Remembers a failure or forgets all. Called by outlier detection only. */
    public void suspect(boolean suspect) {
        this.suspect = suspect;
    }
}
