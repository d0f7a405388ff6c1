package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.client.ControlClient;
import io.inmesh.server.ca.AuditEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a process that is denied: the real client and the real server, over real TLS. */
class DeniedProcessTest {
    private static final String REVIEWS = "spiffe://inmesh.local/ns/default/sa/reviews";
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @TempDir
    private Path folder;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(folder, new TestResources());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aProcessWhoseSerialIsDeniedProvesItselfAnewWithItsTokenAndGoesOn() throws Exception {
        Path token = token(2);
        try (Mesh mesh = join(token)) {
            String stolen = connected();
            server.denied.deny(stolen, "stolen", null, "test");

            await(() -> events("certificate-issued").size() > 1 && isAnother(serial(), stolen));
            assertThat(events("certificate-issued"))
                    .extracting(entry -> entry.facts().get("by"))
                    .containsExactly("token", "token");
            assertThat(mesh.identity().current()).isNotNull();
        }
    }

    @Test
    void aProcessWhoseSerialWasDeniedWhileItWasAwayProvesItselfAnewToo() throws Exception {
        Path token = token(2);
        String stolen;
        try (Mesh mesh = join(token)) {
            stolen = connected();
            assertThat(mesh.identity().current()).isNotNull();
        }
        await(() -> serial().isEmpty());
        server.denied.deny(stolen, "stolen", null, "test");

        // It has the denied certificate from its state folder, and learns in the handshake that nobody takes it.
        try (Mesh mesh = join(token)) {
            assertThat(connected()).isNotEqualTo(stolen);
            assertThat(mesh.identity().current()).isNotNull();
        }
    }

    @Test
    void aProcessWhoseTokenIsUsedUpStaysOutUntilItsSerialIsAllowedAgain() throws Exception {
        try (Mesh mesh = join(token(1))) {
            String denied = connected();
            server.denied.deny(denied, "by mistake", null, "test");

            await(() -> !events("token-refused").isEmpty());
            await(() -> serial().isEmpty());
            assertThat(events("token-refused").get(0).facts().get("reason")).contains("used 1 times");

            server.denied.allow(denied, "test");
            connected();
            assertThat(events("certificate-issued").stream().skip(1))
                    .as("what it had is good again, for a renewal too")
                    .allSatisfy(entry -> assertThat(entry.facts()).containsEntry("by", "certificate"));
            assertThat(mesh.identity().current()).isNotNull();
        }
    }

    @Test
    void aProcessWhoseIdentityIsDeniedGetsNothingForItsTokenUntilItIsAllowedAgain() throws Exception {
        try (Mesh mesh = join(token(5))) {
            connected();
            server.denied.deny(REVIEWS, "stolen", null, "test");

            await(() -> !events("token-refused").isEmpty());
            await(() -> serial().isEmpty());
            assertThat(events("token-refused").get(0).facts().get("reason")).contains(REVIEWS + " is on the deny list");
            assertThat(events("certificate-issued")).hasSize(1);

            server.denied.allow(REVIEWS, "test");
            connected();
            assertThat(mesh.identity().current()).isNotNull();
        }
    }

    private Mesh join(Path token) {
        return Mesh.builder()
                .controlPlane(ControlClient.builder()
                        .server("127.0.0.1:" + server.tlsPort())
                        .service("reviews")
                        .tokenFile(token)
                        .stateDir(folder.resolve("state"))
                        .build())
                .build();
    }

    private Path token(int uses) throws Exception {
        return Files.writeString(
                folder.resolve("token"),
                server.tokens
                        .issue("default", "reviews", Duration.ofHours(1), uses, "test")
                        .token());
    }

    /** Waits for the process, and {@return the serial number of its certificate} */
    private String connected() {
        AtomicReference<String> seen = new AtomicReference<>("");
        // Read once, since a process may be between two connections the next time.
        await(() -> !seen.updateAndGet(before -> serial()).isEmpty());
        return seen.get();
    }

    private static boolean isAnother(String serial, String than) {
        return !serial.isEmpty() && !serial.equals(than);
    }

    private String serial() {
        return server.hub.processes().stream()
                .flatMap(process -> process.certificate().stream())
                .map(CertificateReport::serial)
                .findFirst()
                .orElse("");
    }

    private List<AuditEntry> events(String event) {
        return server.audit.entries().stream()
                .filter(entry -> entry.event().equals(event))
                .toList();
    }

    private static void await(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
