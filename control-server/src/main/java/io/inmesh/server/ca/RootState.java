package io.inmesh.server.ca;

/** How far a root has come, and how far it is from leaving. Steps are explicit, durable, and never skipped except by force. */
public enum RootState {
    /** In the trust bundle that is pushed, but not every connected process has acknowledged that yet. */
    STAGED,
    /** Every connected process trusts it; it signs nothing. It may become active, or go. */
    TRUSTED,
    /** The root below which certificates are issued. There is exactly one. */
    ACTIVE,
    /** Taken out of the trust bundle; not every connected process has acknowledged that yet. */
    RETIRING,
    /** Trusted by nobody; its keys are deleted. */
    GONE;

    /** {@return whether workloads are to trust it} */
    public boolean inBundle() {
        return this == STAGED || this == TRUSTED || this == ACTIVE;
    }
}
