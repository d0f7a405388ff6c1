package io.inmesh.bench.micro;

import io.inmesh.Mesh;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import io.inmesh.spi.ApplyResult;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Putting a config in use that differs from the last one in the weight of one endpoint among many. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ConfigSwapBenchmark {

    @Param({"10", "10000"})
    private int count;

    private final Mesh mesh = Mesh.builder().build();
    private MeshConfig next = MeshConfig.EMPTY;
    private MeshConfig afterNext = MeshConfig.EMPTY;

    /** Builds both configs. */
    @Setup
    public void open() {
        next = Scenes.endpoints(count, LoadBalancer.LEAST_REQUEST, "1");
        afterNext = Scenes.endpoints(count, LoadBalancer.LEAST_REQUEST, "2");
    }

    /** Releases the mesh. */
    @TearDown
    public void close() {
        mesh.close();
    }

    /** Measures one swap. */
    @Benchmark
    public ApplyResult apply() {
        MeshConfig applied = next;
        next = afterNext;
        afterNext = applied;
        return mesh.apply(applied);
    }
}
