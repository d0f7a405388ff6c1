package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One thing that {@code meshctl check} looked at.
 *
 * @param group what it belongs to
 * @param id names it, the same in all versions
 * @param state how it stands
 * @param detail what was found
 * @param hint what to do about it; empty if there is nothing to do
 */
record Check(String group, String id, State state, String detail, String hint) {

    /** How something stands. */
    enum State {
        /** As it should be. */
        OK,
        /** Works, and somebody should look at it. */
        WARN,
        /** Does not work, or soon will not. */
        FAIL,
        /** Not looked at. */
        SKIP
    }

    /** Writes it for programs. */
    void write(ObjectNode node) {
        node.put("group", group)
                .put("id", id)
                .put("state", state.name())
                .put("detail", detail)
                .put("hint", hint);
    }
}
