package io.inmesh.bench.micro;

import io.inmesh.Mesh;
import io.inmesh.call.Call;
import io.inmesh.call.Step;
import io.inmesh.config.LoadBalancer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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

/**
 * Decision and accounting through the public door: {@code Mesh.outbound}, {@code start}, {@code settle}. No transport. Each state grows one
 * thing; a flat line means that size does not matter.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecisionBenchmark {

    /** Measures a call among many endpoints of one cluster. */
    @Benchmark
    public Step endpoints(Endpoints scene, Cursor cursor) {
        return Scenes.call(scene.mesh, scene.calls[cursor.next()]);
    }

    /** Measures a call among many routes of one destination. */
    @Benchmark
    public Step routes(Routes scene, Cursor cursor) {
        return Scenes.call(scene.mesh, scene.calls[cursor.next()]);
    }

    /** Measures a call among many destinations. */
    @Benchmark
    public Step services(Services scene, Cursor cursor) {
        return Scenes.call(scene.mesh, scene.calls[cursor.next()]);
    }

    /** Measures a call with one concern switched on. */
    @Benchmark
    public Step concerns(Concerns scene, Cursor cursor) {
        return Scenes.call(scene.mesh, scene.calls[cursor.next()]);
    }

    /** Measures each way to choose among few endpoints and among many. */
    @Benchmark
    public Step balancers(Balancers scene, Cursor cursor) {
        return Scenes.call(scene.mesh, scene.calls[cursor.next()]);
    }

    /** Measures a call that is counted and timed in a Micrometer registry as well. */
    @Benchmark
    public Step withMeters(Metered scene, Cursor cursor) {
        return Scenes.call(scene.mesh, scene.calls[cursor.next()]);
    }

    /** Measures a call that operators could watch, while nobody does and while somebody does. */
    @Benchmark
    public Step watchable(Watchable scene, Cursor cursor) {
        return Scenes.call(scene.mesh, scene.calls[cursor.next()]);
    }

    /** Where a thread is in the list of calls. */
    @State(Scope.Thread)
    public static class Cursor {
        private int position;

        int next() {
            position = (position + 1) & (Scenes.CALLS - 1);
            return position;
        }
    }

    /** One cluster of many endpoints. */
    @State(Scope.Benchmark)
    public static class Endpoints {
        @Param({"10", "100", "1000", "10000"})
        private int count;

        private Mesh mesh = Mesh.builder().build();
        private Call[] calls = {};

        /** Builds the mesh. */
        @Setup
        public void open() {
            mesh.apply(Scenes.endpoints(count, LoadBalancer.LEAST_REQUEST));
            calls = Scenes.calls();
        }

        /** Releases it. */
        @TearDown
        public void close() {
            mesh.close();
        }
    }

    /** One destination of many routes. */
    @State(Scope.Benchmark)
    public static class Routes {
        @Param({"10", "100", "1000", "10000"})
        private int count;

        private Mesh mesh = Mesh.builder().build();
        private Call[] calls = {};

        /** Builds the mesh. */
        @Setup
        public void open() {
            mesh.apply(Scenes.routes(count));
            calls = Scenes.callsOfRoutes(count);
        }

        /** Releases it. */
        @TearDown
        public void close() {
            mesh.close();
        }
    }

    /** Many destinations. */
    @State(Scope.Benchmark)
    public static class Services {
        @Param({"10", "100", "1000", "10000"})
        private int count;

        private Mesh mesh = Mesh.builder().build();
        private Call[] calls = {};

        /** Builds the mesh. */
        @Setup
        public void open() {
            mesh.apply(Scenes.services(count));
            calls = Scenes.callsOfServices(count);
        }

        /** Releases it. */
        @TearDown
        public void close() {
            mesh.close();
        }
    }

    /** One thing switched on. */
    @State(Scope.Benchmark)
    public static class Concerns {
        @Param
        private Concern concern = Concern.NONE;

        private Mesh mesh = Mesh.builder().build();
        private Call[] calls = {};

        /** Builds the mesh. */
        @Setup
        public void open() {
            mesh.apply(Scenes.concern(concern));
            calls = Scenes.calls();
        }

        /** Releases it. */
        @TearDown
        public void close() {
            mesh.close();
        }
    }

    /** The ways to choose an endpoint. */
    @State(Scope.Benchmark)
    public static class Balancers {
        @Param({"LEAST_REQUEST", "ROUND_ROBIN", "RANDOM", "RING_HASH", "MAGLEV", "PEAK_EWMA", "PROBING"})
        private LoadBalancer balancer = LoadBalancer.LEAST_REQUEST;

        @Param({"10", "10000"})
        private int size;

        private Mesh mesh = Mesh.builder().build();
        private Call[] calls = {};

        /** Builds the mesh. */
        @Setup
        public void open() {
            mesh.apply(Scenes.endpoints(size, balancer));
            calls = Scenes.calls();
        }

        /** Releases it. */
        @TearDown
        public void close() {
            mesh.close();
        }
    }

    /** A hundred endpoints and a registry. */
    @State(Scope.Benchmark)
    public static class Metered {
        private Mesh mesh =
                Mesh.builder().meterRegistry(new SimpleMeterRegistry()).build();
        private Call[] calls = {};

        /** Builds the mesh. */
        @Setup
        public void open() {
            mesh.apply(Scenes.endpoints(100, LoadBalancer.LEAST_REQUEST));
            calls = Scenes.calls();
        }

        /** Releases it. */
        @TearDown
        public void close() {
            mesh.close();
        }
    }

    /** Ten endpoints, and a control plane that relays questions. */
    @State(Scope.Benchmark)
    public static class Watchable {
        @Param({"0", "1"})
        private int taps;

        private final QuietControlPlane controlPlane = new QuietControlPlane();
        private Mesh mesh = Mesh.builder().controlPlane(controlPlane).build();
        private Call[] calls = {};

        /** Builds the mesh. */
        @Setup
        public void open() {
            mesh.apply(Scenes.endpoints(10, LoadBalancer.LEAST_REQUEST));
            calls = Scenes.calls();
            for (int i = 0; i < taps; i++) {
                controlPlane.tap();
            }
        }

        /** Releases it. */
        @TearDown
        public void close() {
            mesh.close();
        }
    }
}
