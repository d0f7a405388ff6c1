package io.inmesh.server.ca;

import java.io.IOException;

/** What a server does that starts where there is no certificate authority: {@code authority.whenMissing} of the settings. */
public enum WhenMissing {
    /** Founds one, or takes over the one that the settings bring along: the first start of a mesh. The default. */
    FOUND,
    /** Does not start: the mesh has an authority, so where there is none, it is the wrong place, or what was there is lost. */
    REFUSE;

    /**
     * To be called where there is no authority, before one is founded.
     *
     * @param place what has none, for the message, with what an operator may have got wrong about it
     * @throws IOException if none is to be founded; the message says what to do
     */
    void allow(String place) throws IOException {
        if (this == REFUSE) {
            throw new IOException("there is no certificate authority in " + place
                    + ", and none is founded, as authority.whenMissing is REFUSE: the processes of this mesh would not trust"
                    + " another one. If the place is right, what it held is lost: stop all control servers and put the"
                    + " last backup back with control-server store restore FILE, and the options of this server; set"
                    + " authority.whenMissing to FOUND only to begin a mesh, whose processes all have to join anew");
        }
    }
}
