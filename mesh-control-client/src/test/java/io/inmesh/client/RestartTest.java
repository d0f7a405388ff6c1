package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.EndpointConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.xds.TypeUrls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is started again, with the control server away or back. */
final class RestartTest {

    private static final Duration SHORTEST_RETRY = Duration.ofMillis(800);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(36);

    @TempDir
    Path folder;

    @Test
    void startsWithTheEndpointsAndTheIdentityOfBeforeWhileTheServerIsAway() throws Exception {
        try (Joined before = run()) {
            before.server.stop();
            FakeMesh mesh = new FakeMesh();
            try (ControlClient again = start(before, mesh)) {
                MeshConfig config = mesh.nextConfig();
                assertThat(endpoints(config)).containsExactly("10.0.0.1");
                assertThat(config.virtualHosts()).isNotEmpty();
                assertThat(mesh.identity().current()).isNotNull();
                mesh.nextDelay(SHORTEST_RETRY, LONGEST_RETRY);
                assertThat(again.status().connected()).isFalse();
                assertThat(again.status().stateSavedAt()).isNotNull();
                assertThat(again.status().certificateExpiry()).isNotNull();
            }
        }
    }

    @Test
    void asksTheServerOnlyForWhatChangedSince() throws Exception {
        try (Joined before = run()) {
            FakeMesh mesh = new FakeMesh();
            try (ControlClient again = start(before, mesh)) {
                mesh.nextConfig();
                Script stream = before.nextStream();
                assertThat(stream.peer()).as("the saved certificate is shown").isNotNull();
                assertThat(stream.next(TypeUrls.CLUSTER).versions()).containsEntry(Shapes.REVIEWS, "c1");
                assertThat(stream.next(TypeUrls.ENDPOINT).versions()).containsEntry(Shapes.REVIEWS, "e1");
                assertThat(before.server.certificates.asked)
                        .as("the saved certificate does")
                        .hasSize(1);
                stream.answered(
                        TypeUrls.ENDPOINT, "e2", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1", "10.0.0.2")));
                assertThat(endpoints(mesh.nextConfig())).containsExactly("10.0.0.1", "10.0.0.2");
            }
        }
    }

    @Test
    void resourcesThatWereChangedOnDiskAreNotUsed() throws Exception {
        try (Joined before = run();
                Logs logs = new Logs()) {
            before.server.stop();
            flip(folder.resolve("state/resources"));
            FakeMesh mesh = new FakeMesh();
            try (ControlClient again = start(before, mesh)) {
                mesh.nextDelay(SHORTEST_RETRY, LONGEST_RETRY);
                assertThat(mesh.applied).isEmpty();
                assertThat(again.status().stateSavedAt()).isNull();
            }
            assertThat(folder.resolve("state/resources.rejected")).exists();
            assertThat(logs.warnings()).anySatisfy(text -> assertThat(text).contains("resources.rejected"));
        }
    }

    @Test
    void identityThatWasChangedOnDiskIsReplacedByOneForTheToken() throws Exception {
        try (Joined before = run()) {
            flip(folder.resolve("state/identity.pem"));
            FakeMesh mesh = new FakeMesh();
            try (ControlClient again = start(before, mesh)) {
                assertThat(endpoints(mesh.nextConfig())).as("signed by itself").containsExactly("10.0.0.1");
                before.server.certificates.asked.remove();
                FakeCertificates.Asked asked = FakeControlPlane.next(before.server.certificates.asked);
                assertThat(asked.caller()).isNull();
                assertThat(asked.authorization()).contains(FakeCertificates.SECRET);
                before.nextStream().next(TypeUrls.CLUSTER);
                assertThat(again.status().certificateExpiry()).isNotNull();
            }
            assertThat(folder.resolve("state/identity.pem.rejected")).exists();
            assertThat(folder.resolve("state/identity.pem")).exists();
        }
    }

    @Test
    void certificateThatEndedMeanwhileIsAskedForWithTheToken() throws Exception {
        try (Joined before = run()) {
            before.server.certificates.asked.clear();
            before.mesh.clock.advance(Duration.ofHours(25));
            FakeMesh mesh = new FakeMesh();
            mesh.clock.advance(Duration.ofHours(25));
            try (ControlClient again = start(before, mesh)) {
                assertThat(endpoints(mesh.nextConfig())).containsExactly("10.0.0.1");
                FakeCertificates.Asked asked = FakeControlPlane.next(before.server.certificates.asked);
                assertThat(asked.caller()).isNull();
                assertThat(asked.authorization()).startsWith("Bearer inmesh.t1.");
                before.nextStream().next(TypeUrls.CLUSTER);
                assertThat(again.status().certificateExpiry())
                        .isEqualTo(java.time.Instant.parse("2026-01-03T01:00:00Z"));
            }
        }
    }

    @Test
    void keyIsNotOnDiskWhereItIsToStayInMemory() throws Exception {
        Path state = folder.resolve("state");
        try (Joined joined =
                Joined.with(folder, builder -> builder.stateDir(state).identityInMemoryOnly())) {
            joined.reviews(joined.nextStream());
            joined.client.close();
            assertThat(state.resolve("identity.pem")).doesNotExist();
            assertThat(state.resolve("resources")).exists();
            FakeMesh mesh = new FakeMesh();
            joined.server.stop();
            try (ControlClient again = start(joined, mesh)) {
                assertThat(endpoints(mesh.nextConfig())).containsExactly("10.0.0.1");
                assertThat(mesh.identity().current()).isNull();
                assertThat(again.status().stateSavedAt()).isNotNull();
            }
        }
    }

    @Test
    void everythingInTheFolderIsTheOwnersAlone() throws Exception {
        run().close();
        assertThat(folder.resolve("state"))
                .isDirectoryContaining(file -> file.endsWith("identity.pem"))
                .isDirectoryContaining(file -> file.endsWith("resources"));
        try (var files = Files.list(folder.resolve("state"))) {
            for (Path file : files.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as("%s", file.getFileName())
                        .isEqualTo("rw-------");
            }
        }
    }

    /** {@return a process that knew reviews and has ended, with its control plane still there} */
    private Joined run() throws Exception {
        Joined joined = Joined.with(folder, builder -> builder.stateDir(folder.resolve("state")));
        joined.reviews(joined.nextStream());
        joined.client.close();
        return joined;
    }

    private ControlClient start(Joined before, FakeMesh mesh) {
        ControlClient client = ControlClient.builder()
                .server(before.server.address())
                .service("reviews")
                .tokenFile(folder.resolve("token"))
                .stateDir(folder.resolve("state"))
                .randomness(bound -> bound / 2)
                .build();
        client.start(mesh);
        return client;
    }

    private static void flip(Path file) throws Exception {
        byte[] content = Files.readAllBytes(file);
        content[60] ^= 1;
        Files.write(file, content, StandardOpenOption.TRUNCATE_EXISTING);
    }

    private static List<String> endpoints(MeshConfig config) {
        return config.clusters().stream()
                .flatMap(cluster -> cluster.endpoints().stream())
                .map(EndpointConfig::host)
                .toList();
    }
}
