package io.inmesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.MeshConfig;
import io.inmesh.spi.ControlPlane;
import io.inmesh.spi.ControlPlaneStatus;
import io.inmesh.spi.MeshLink;
import io.inmesh.testkit.TestCa;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MeshControlPlaneTest {

    private final FakeControlPlane plane = new FakeControlPlane();

    @Test
    void isReadyOnceThereIsAnIdentityToo() throws Exception {
        TestCa ca = TestCa.root("inmesh.local");
        try (Mesh mesh = Mesh.builder().controlPlane(plane).build()) {
            plane.mesh.apply(MeshConfig.EMPTY);
            assertThat(mesh.awaitReady(Duration.ZERO)).isFalse();

            FutureTask<Boolean> waiting = new FutureTask<>(() -> mesh.awaitReady(Duration.ofDays(1)));
            new Thread(waiting).start();
            mesh.identity().update(ca.issue("default", "productpage"), ca.bundle());

            assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
            assertThat(mesh.status().identity().id()).isEqualTo("spiffe://inmesh.local/ns/default/sa/productpage");
        }
    }

    @Test
    void needsNoIdentityFromAControlPlaneThatGivesNone() {
        plane.givesIdentity = false;
        try (Mesh mesh = Mesh.builder().controlPlane(plane).build()) {
            plane.mesh.apply(MeshConfig.EMPTY);
            assertThat(mesh.awaitReady(Duration.ZERO)).isTrue();
        }
    }

    @Test
    void closingEndsTheWaitForReadiness() throws Exception {
        Mesh mesh = Mesh.builder().controlPlane(plane).build();
        FutureTask<Boolean> waiting = new FutureTask<>(() -> mesh.awaitReady(Duration.ofDays(1)));
        new Thread(waiting).start();

        mesh.close();

        assertThat(waiting.get(30, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void passesOnServingDrainingAndClosing() {
        Mesh mesh = Mesh.builder().controlPlane(plane).build();
        mesh.serve(9080);
        mesh.serve(Map.of("grpc", 9090));
        mesh.drain();
        mesh.close();
        mesh.close();

        assertThat(plane.events).containsExactly("start", "serve {http=9080}", "serve {grpc=9090}", "drain", "close");
    }

    @Test
    void reportsWhatTheControlPlaneKnows() {
        try (Mesh mesh = Mesh.builder().controlPlane(plane).build()) {
            assertThat(mesh.status().controlPlane()).isSameAs(plane.status());
        }
    }

    @Test
    void servesAndDrainsNothingWithoutControlPlane() {
        try (Mesh mesh = Mesh.of(MeshConfig.EMPTY)) {
            mesh.serve(9080);
            mesh.drain();
            assertThat(mesh.awaitReady(Duration.ZERO)).isTrue();
        }
    }

    private static final class FakeControlPlane implements ControlPlane {
        private final List<String> events = new ArrayList<>();
        private final ControlPlaneStatus status =
                new ControlPlaneStatus(true, Instant.EPOCH, "localhost:15012", Map.of(), null, List.of(), null, null);
        private boolean givesIdentity = true;
        private MeshLink mesh;

        @Override
        public void start(MeshLink link) {
            events.add("start");
            mesh = link;
        }

        @Override
        public void serve(Map<String, Integer> ports) {
            events.add("serve " + ports);
        }

        @Override
        public CompletionStage<Void> drain() {
            events.add("drain");
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public boolean givesIdentity() {
            return givesIdentity;
        }

        @Override
        public ControlPlaneStatus status() {
            return status;
        }

        @Override
        public void close() {
            events.add("close");
        }
    }
}
