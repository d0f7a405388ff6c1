package io.inmesh;

import io.inmesh.call.Outcome;
import io.inmesh.explain.Explanation;
import java.io.IOException;

/**
 * The mesh refused a call; nothing was sent. What callers see whose client reports failures as {@link IOException}.
 *
 * <p>The message is one sentence with the figures; {@link #explanation} has all that led to it.
 */
public final class MeshRejectedException extends IOException {

    private static final long serialVersionUID = 1;

    private final transient Outcome.Rejection rejection;
    private final transient Explanation explanation;

    /**
     * Makes an exception for a refused call.
     *
     * @param rejection what the mesh said
     * @param explanation how it came to that
     */
    public MeshRejectedException(Outcome.Rejection rejection, Explanation explanation) {
        super(rejection.reason() + ": " + rejection.message());
        this.rejection = rejection;
        this.explanation = explanation;
    }

    /** {@return what the mesh said} */
    public Outcome.Rejection rejection() {
        return rejection;
    }

    /** {@return how it came to that} */
    public Explanation explanation() {
        return explanation;
    }
}
