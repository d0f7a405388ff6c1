package io.inmesh.server.access;

/** Credentials that prove nothing. The message is for the audit log; the caller is told only that they do. */
public final class Unauthenticated extends Exception {

    private static final long serialVersionUID = 1L;

    Unauthenticated(String reason) {
        super(reason);
    }
}
