package io.inmesh.bench.macro;

import io.inmesh.bench.report.Bootstrap;
import io.inmesh.bench.report.Estimate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** All turns of one family, by fork and round. Not thread-safe. */
final class Results {

    private static final long SEED = 1;

    /** What every arm did in one round. */
    static final class Round {
        private final Map<Arm, Map<Turn, Sample>> samples = new EnumMap<>(Arm.class);

        void put(Arm arm, Turn turn, Sample sample) {
            samples.computeIfAbsent(arm, key -> new EnumMap<>(Turn.class)).put(turn, sample);
        }

        Sample get(Arm arm, Turn turn) {
            Map<Turn, Sample> turns = samples.get(arm);
            Sample sample = turns == null ? null : turns.get(turn);
            if (sample == null) {
                throw new IllegalStateException(arm + " did not take its turn " + turn);
            }
            return sample;
        }
    }

    private final List<List<Round>> forks = new ArrayList<>();
    private final List<Double> stolen = new ArrayList<>();
    private final List<Double> foreign = new ArrayList<>();
    private long failures;
    private long gcMillis;

    void beginFork() {
        forks.add(new ArrayList<>());
    }

    void add(Round round) {
        forks.get(forks.size() - 1).add(round);
    }

    /** Notes what went on beside a turn, and what went wrong in it. */
    void note(Sample sample, HostLoad host) {
        stolen.add(host.stolenShare());
        foreign.add(host.foreignShare(sample.clientCpuNanos() + sample.serverCpuNanos()));
        failures += sample.errors() + sample.unsent();
        gcMillis += sample.gcMillis();
    }

    /** {@return the median over rounds of one arm's measure over another's, each of the same round} */
    Estimate ratio(Arm arm, Arm over, Turn turn, ToDoubleFunction<Sample> measure) {
        double[][] ratios = forks.stream()
                .map(rounds -> rounds.stream()
                        .mapToDouble(round -> measure.applyAsDouble(round.get(arm, turn))
                                / measure.applyAsDouble(round.get(over, turn)))
                        .toArray())
                .toArray(double[][]::new);
        return Bootstrap.median(ratios, SEED);
    }

    /** {@return the median over rounds of an arm's measure} */
    double median(Arm arm, Turn turn, ToDoubleFunction<Sample> measure) {
        return Bootstrap.medianOf(forks.stream()
                .flatMap(List::stream)
                .mapToDouble(round -> measure.applyAsDouble(round.get(arm, turn)))
                .toArray());
    }

    /** {@return calls that failed, and calls that were planned and not begun} */
    long failures() {
        return failures;
    }

    long gcMillis() {
        return gcMillis;
    }

    double medianStolenShare() {
        return Bootstrap.medianOf(
                stolen.stream().mapToDouble(Double::doubleValue).toArray());
    }

    double medianForeignShare() {
        return Bootstrap.medianOf(
                foreign.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
