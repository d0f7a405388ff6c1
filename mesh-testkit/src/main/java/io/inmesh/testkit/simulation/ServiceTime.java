package io.inmesh.testkit.simulation;

import java.time.Duration;
import java.util.SplittableRandom;

/** How long a worker is busy with one request, before the replica's slowness. */
@FunctionalInterface
public interface ServiceTime {

    /** {@return the next one, in nanoseconds, at least 1} */
    long drawNanos(SplittableRandom random);

    /** {@return always the same} */
    static ServiceTime fixed(Duration time) {
        long nanos = time.toNanos();
        return random -> nanos;
    }

    /** {@return exponentially distributed: the service time of an M/M/k queue} */
    static ServiceTime exponential(Duration mean) {
        double nanos = mean.toNanos();
        return random -> atLeastOne(-nanos * Math.log(1 - random.nextDouble()));
    }

    /**
     * {@return normally distributed with a standard deviation as large as the mean, cut off at 2 % of it, as in the evaluation of Prequal
     * (NSDI 2024)}; the cut moves the mean up, which {@code mean} accounts for
     */
    static ServiceTime normal(Duration mean) {
        // With z cut at -0.98, the mean of max(1 + z, 0.02) is 1.0847 for a standard normal z.
        double scale = mean.toNanos() / 1.0847;
        return random -> atLeastOne(scale * Math.max(0.02, 1 + gaussian(random)));
    }

    /** {@return log-normally distributed, for heavy tails: sigma 1.2 puts the 99th percentile at about 8 times the mean} */
    static ServiceTime logNormal(Duration mean, double sigma) {
        double location = Math.log(mean.toNanos()) - sigma * sigma / 2;
        return random -> atLeastOne(Math.exp(location + sigma * gaussian(random)));
    }

    private static long atLeastOne(double nanos) {
        return Math.max(1, Math.round(nanos));
    }

    /** Box-Muller, since the generator's own method is younger than the Java this runs on may rely on being repeatable. */
    private static double gaussian(SplittableRandom random) {
        double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
        return radius * Math.cos(2 * Math.PI * random.nextDouble());
    }
}
