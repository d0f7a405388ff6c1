package io.inmesh.server.peer;

import java.util.List;

/**
 * What all control servers said together.
 *
 * @param <T> what each says
 * @param all what those said that answered, this server's own first
 * @param silent those that did not
 */
public record Heard<T>(List<T> all, List<SilentServer> silent) {

    /** Copies the lists. */
    public Heard {
        all = List.copyOf(all);
        silent = List.copyOf(silent);
    }
}
