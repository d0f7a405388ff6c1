package io.inmesh.bench.micro;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A chain of 64 dependent shifts and adds, which no compiler shortens: by its time, results of different machines can be compared. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BaselineBenchmark {

    private static final int STEPS = 64;

    private long value = 0x9E37_79B9_7F4A_7C15L;

    /** Measures the chain. */
    @Benchmark
    public long arithmetic() {
        long x = value;
        for (int i = 0; i < STEPS; i++) {
            // Marsaglia, "Xorshift RNGs" (2003).
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
        }
        value = x;
        return x;
    }
}
