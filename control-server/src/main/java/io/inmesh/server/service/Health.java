package io.inmesh.server.service;

/** What an endpoint last said about itself. */
public enum Health {
    /** Takes calls. */
    HEALTHY,
    /** Is up but asks for no calls. */
    UNHEALTHY,
    /** Is leaving: no new calls. */
    DRAINING
}
