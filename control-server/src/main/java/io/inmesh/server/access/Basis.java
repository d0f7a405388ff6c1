package io.inmesh.server.access;

/**
 * What a session was begun with and ends with, kept without secrets, so that every server that shares the store can look at it again.
 *
 * @param kind what it is
 * @param text which one it is: hash of a session's secret, id of a service token, chain in PEM, or the moment in ISO 8601
 */
record Basis(Kind kind, String text) {

    /** What a session may rest on. */
    enum Kind {
        /** Another session. */
        SESSION,
        /** A service token. */
        SERVICE_TOKEN,
        /** A client certificate. */
        CERTIFICATE,
        /** A token of an issuer, which is good until its end. */
        ISSUED_UNTIL
    }
}
