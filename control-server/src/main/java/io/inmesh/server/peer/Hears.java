package io.inmesh.server.peer;

/** What another control server says when it is asked whether it hears of what happens in the store. */
public enum Hears {
    /** It does. */
    YES,
    /** It is behind. */
    NO,
    /** It answers, but is of a version that does not know the question. */
    CANNOT_SAY
}
