package io.inmesh.server.ctl;

/** Fixed exit statuses of {@code meshctl}. */
final class ExitCode {

    /** All is well. */
    static final int OK = 0;

    /** The server refused, or something was found. */
    static final int FINDINGS = 1;

    /** The command line is wrong. */
    static final int USAGE = 2;

    /** There is no server. */
    static final int UNREACHABLE = 3;

    /** The server does not let this caller do it. */
    static final int NOT_AUTHORIZED = 4;

    /** The server did not answer in time. */
    static final int TIMEOUT = 5;

    private ExitCode() {}
}
