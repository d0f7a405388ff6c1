package io.inmesh.bench.simulation;

/** A question that simulations answer with one table of the document. */
interface Scenario {

    /** {@return name of its table in the document, such as {@code load-sweep}} */
    String name();

    /**
     * {@return the answer}
     *
     * @param runs where to run simulations
     * @param effort how long and how often to run them
     */
    Table answer(Runs runs, Effort effort);
}
