package io.inmesh.endpoint;

/**
 * Whether an endpoint is out of rotation. Written by outlier detection under its own lock, read by balancers without one.
 */
public final class EjectionState {

    private volatile boolean ejected;

    EjectionState() {}

    /** {@return whether the endpoint is out of rotation now} */
    public boolean ejected() {
        return ejected;
    }

    /** Takes the endpoint out of rotation, or puts it back. Called by outlier detection only. */
    public void set(boolean ejected) {
        this.ejected = ejected;
    }
}
