package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.inmesh.xds.TypeUrls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A control plane that takes one stream on each connection, which is what discovery needs. */
final class FewStreamsTest {

    @TempDir
    Path folder;

    @Test
    void streamsThatHangOnAFullConnectionAreSpokenOf() throws Exception {
        try (Logs logs = new Logs();
                Joined joined = oneStream()) {
            Script discovery = joined.nextStream();
            joined.reviews(discovery);
            joined.mesh.nextDelay(Duration.ofMinutes(1), Duration.ofMinutes(1));
            joined.mesh.nextDelay(Duration.ofMinutes(1), Duration.ofMinutes(1));
            joined.mesh.time.advance(Duration.ofMinutes(1));
            // Answered after what the minute has set off.
            discovery.answered(TypeUrls.LISTENER, "l2", List.of());

            assertThat(logs.everything())
                    .contains("takes no more streams on this connection, so load is not reported")
                    .contains("so operators can ask this process nothing");
            assertThat(joined.server.loadStreams).isEmpty();
            assertThat(joined.client.status().connected()).isTrue();
        }
    }

    /** Which is what gRPC says of a request that waits behind streams that last, on a connection that takes no more. */
    @Test
    void renewalThatIsNotAnsweredInTimeIsTriedOnAConnectionOfItsOwn() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script discovery = joined.nextStream();
            FakeControlPlane.next(joined.server.certificates.asked);
            joined.server.certificates.failure = Status.DEADLINE_EXCEEDED;
            joined.server.certificates.failing = true;
            joined.mesh.time.advance(Duration.ofHours(12));
            FakeCertificates.Asked late = FakeControlPlane.next(joined.server.certificates.asked);
            Duration wait = joined.mesh.nextDelay(Duration.ofSeconds(1), Duration.ofSeconds(1));
            joined.server.certificates.failing = false;
            joined.mesh.time.advance(wait);

            FakeCertificates.Asked again = FakeControlPlane.next(joined.server.certificates.asked);
            assertThat(again.connection()).isNotEqualTo(late.connection());
            assertThat(again.caller()).isEqualTo(discovery.peer());
            assertThat(joined.nextStream().peer()).isNotEqualTo(discovery.peer());
        }
    }

    private Joined oneStream() throws Exception {
        return Joined.among(folder, false, (builder, server) -> {
            try {
                server.stop();
                server.streams = 1;
                server.start();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return builder;
        });
    }
}
