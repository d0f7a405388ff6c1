package io.inmesh.server.peer;

import io.inmesh.server.peer.rpc.AttendeeName;
import io.inmesh.server.relay.Attendee;
import org.jspecify.annotations.Nullable;

/** A process that can be asked something, whichever control server it is connected to. */
public final class Askable {

    private final AttendeeName name;
    private final @Nullable Attendee here;
    private final @Nullable Peer there;

    private Askable(AttendeeName name, @Nullable Attendee here, @Nullable Peer there) {
        this.name = name;
        this.here = here;
        this.there = there;
    }

    static Askable here(Attendee attendee) {
        return new Askable(nameOf(attendee), attendee, null);
    }

    static Askable at(Peer peer, AttendeeName name) {
        return new Askable(name, null, peer);
    }

    static AttendeeName nameOf(Attendee attendee) {
        return AttendeeName.newBuilder()
                .setNamespace(attendee.namespace())
                .setServiceAccount(attendee.serviceAccount())
                .setInstance(attendee.instance())
                .setService(attendee.service())
                .build();
    }

    AttendeeName name() {
        return name;
    }

    /** The process's own connection; null if it is connected to another server. */
    @Nullable
    Attendee attendee() {
        return here;
    }

    /** The other server that it is connected to; null if it is this one. */
    @Nullable
    Peer peer() {
        return there;
    }

    /** {@return name of the process, unique in its namespace} */
    public String instance() {
        return name.getInstance();
    }

    /** {@return its namespace, proven by its certificate} */
    public String namespace() {
        return name.getNamespace();
    }

    /** {@return whether a name is that of this process, of its service or of its service account} */
    public boolean answersTo(String wanted) {
        return wanted.equals(name.getInstance())
                || wanted.equals(name.getService())
                || wanted.equals(name.getServiceAccount());
    }

    /** {@return {@code namespace/instance}} */
    @Override
    public String toString() {
        return namespace() + "/" + instance();
    }
}
