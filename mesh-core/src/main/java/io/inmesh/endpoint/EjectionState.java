package io.inmesh.endpoint;

/**
 * Whether an endpoint is out of rotation. Written by outlier detection under its own lock, read by balancers without one.
 */
public final class EjectionState {

    private volatile boolean ejected;
    private volatile boolean suspect;

    EjectionState() {}

    /** {@return whether the endpoint is out of rotation now} */
    public boolean ejected() {
        return ejected;
    }

    /** Takes the endpoint out of rotation, or puts it back. Called by outlier detection only. */
    public void set(boolean ejected) {
        this.ejected = ejected;
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
