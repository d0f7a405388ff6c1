package io.inmesh.bench.replicas;

/**
 * Something that goes wrong for a while.
 *
 * @param name as the table says it
 * @param brief whether it is among those of a short run
 * @param seconds how long it lasts, before what was done is undone
 * @param begin makes it go wrong; returns what undoes that
 */
record Fault(String name, boolean brief, int seconds, Begin begin) {

    /** Makes something go wrong. */
    interface Begin {
        /** {@return what undoes it} */
        Undo run(Victims victims) throws Exception;
    }

    /** Undoes what was done. */
    interface Undo {
        /** Runs once. */
        void run() throws Exception;
    }
}
