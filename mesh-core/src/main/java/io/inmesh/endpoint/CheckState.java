package io.inmesh.endpoint;

/** Whether an endpoint passes its active checks. Written by whoever checks, read by balancers without a lock. */
public final class CheckState {

    /** What the checks have shown. */
    public enum Verdict {
        /** Nothing yet, or nobody asks: the endpoint stands as it is reported. */
        UNCHECKED,
        /** It is well. */
        PASSING,
        /** It is not, and takes no calls while others can. */
        FAILING
    }

    private final Rotation rotation;
    private volatile Verdict verdict = Verdict.UNCHECKED;
    private volatile String why = "";

    CheckState(Rotation rotation) {
        this.rotation = rotation;
    }

    /** {@return what the checks have shown so far} */
    public Verdict verdict() {
        return verdict;
    }

    /** {@return what the last check said that changed or confirmed a failure; empty if there is nothing to say} */
    public String why() {
        return why;
    }

    /** Takes over what the checks have shown. Called by whoever checks only, by one thread at a time. */
    public void set(Verdict verdict, String why) {
        this.why = why;
        if (this.verdict != verdict) {
            this.verdict = verdict;
            // After the write, so that whoever sees the new count sees the new verdict.
            rotation.changed();
        }
    }
}
