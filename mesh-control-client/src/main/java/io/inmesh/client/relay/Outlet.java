package io.inmesh.client.relay;

import io.inmesh.xds.relay.Answer;

/** Where answers go. */
public interface Outlet {

    /** {@return whether something can be sent without piling up} */
    boolean ready();

    /** Sends part of an answer. */
    void send(Answer part);
}
