package io.inmesh.server.service;

/** How the endpoints of a service are found. */
public enum Resolution {
    /** The control server lists them. */
    STATIC,
    /** Clients resolve the endpoints' host names, or the service's own, and use every address. */
    DNS,
    /** As {@link #DNS}, but only the address needed for a new connection. */
    DNS_ROUND_ROBIN,
    /** Not at all: callers are expected to dial addresses themselves. Not supported, always reported. */
    NONE
}
