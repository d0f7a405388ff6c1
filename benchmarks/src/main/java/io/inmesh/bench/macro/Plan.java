package io.inmesh.bench.macro;

/**
 * How much is measured.
 *
 * @param forks sets of client processes, one after the other, since each process is compiled in its own way
 * @param rounds rounds of each set; in a round every arm takes each turn once
 * @param turnMillis length of a turn: short, so that the arms of a round meet the same weather
 * @param warmupCalls calls of every arm before the first round, of which half have one caller: enough to be compiled by then
 */
record Plan(int forks, int rounds, int turnMillis, int warmupCalls) {

    /** For results to keep: a quarter of an hour on a quiet machine. */
    static final Plan FULL = new Plan(2, 40, 150, 80_000);

    /** For a first look: three minutes. */
    static final Plan QUICK = new Plan(1, 15, 150, 40_000);

    /** To see that everything starts. */
    static final Plan SMOKE = new Plan(1, 1, 50, 100);
}
