package io.inmesh.bench.report;

/** What a measurement says about its goal. */
public enum Verdict {
    /** There is no goal. */
    NO_GOAL(""),
    /** The whole interval is on the right side of the limit. */
    MET("met"),
    /** The whole interval is on the wrong side of the limit. */
    MISSED("missed"),
    /** The interval holds the limit: more or quieter rounds are needed to tell. */
    UNDECIDED("undecided"),
    /** The control arm differed from its twin by too much, so the machine was not quiet enough to tell anything. */
    VOID("void");

    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    /** {@return the word the table shows} */
    public String text() {
        return text;
    }
}
