package io.inmesh.balance;

/** Which of two endpoints to prefer, by what they said. */
interface SampleRule {

    /** {@return whether the first is to be preferred to the second} */
    boolean better(Sample first, Sample second, long nowNanos);

    /** Hears of a probe's answer, for rules that compare with what is usual. */
    default void probed(int requestsInFlight) {}

    /** {@return whether the rule needs probes even where responses tell about every endpoint} */
    default boolean needsProbes() {
        return false;
    }
}
