package io.inmesh.bench.replicas;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What one fault did.
 *
 * @param fault its name
 * @param pages whole pages from when it began until all had settled
 * @param failedPages pages that were not whole
 * @param hops calls between the shop's services meanwhile
 * @param writes changes acknowledged meanwhile
 * @param refused attempts at changes that did not go well
 * @param lost changes that were acknowledged and are not there
 * @param writableSeconds from when it began until a change could be made that was tried then; empty if none was made
 * @param before median seconds from a change until the last process had it, before it began
 * @param worst the longest of them from when it began
 * @param after their median once all had settled
 * @param missed endpoints that went from a process's sight
 * @param settledSeconds from when it was undone until all had settled; empty if that did not happen
 */
record Row(
        String fault,
        long pages,
        long failedPages,
        Hops hops,
        long writes,
        long refused,
        long lost,
        OptionalDouble writableSeconds,
        double before,
        double worst,
        double after,
        long missed,
        OptionalDouble settledSeconds) {

    static final String HEAD =
            "| fault | pages, failed | calls between services, failed | changes, lost | a change works again | the last process has it: before, worst, after | endpoints missed | settled after |\n"
                    + "| --- | --- | --- | --- | --- | --- | --- | --- |";

    /** {@return whether every zero is one, and all has come back} */
    boolean holds() {
        return failedPages == 0 && hops.failed() == 0 && lost == 0 && missed == 0 && settledSeconds.isPresent();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "| %s %s | %,d, %d | %,d, %d | %d, %d | %s | %.2f, %.1f, %.2f s | %d | %s |",
                holds() ? "✓" : "✗",
                fault,
                pages,
                failedPages,
                hops.calls(),
                hops.failed(),
                writes,
                lost,
                seconds(writableSeconds),
                before,
                worst,
                after,
                missed,
                seconds(settledSeconds));
    }

    private static String seconds(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.1f s", value.getAsDouble()) : "never";
    }
}
