package io.inmesh.server.peer;

import io.inmesh.server.ads.Told;
import java.util.List;

/**
 * What processes of the whole mesh have been sent.
 *
 * @param told of those whose server answered
 * @param silent servers that did not
 */
public record ToldByAll(Told told, List<SilentServer> silent) {

    /** Copies the list. */
    public ToldByAll {
        silent = List.copyOf(silent);
    }

    /** {@return how many processes there are of which it is not known what they have been sent} */
    public int unknown() {
        return told.silent().size()
                + silent.stream().mapToInt(SilentServer::processes).sum();
    }
}
