package io.inmesh.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.inmesh.server.ads.CertificateReport;
import io.inmesh.server.ads.ConnectedProcess;
import io.inmesh.server.ads.HeldResource;
import io.inmesh.server.ads.ProcessConfig;
import io.inmesh.server.ads.TypeStatus;
import io.inmesh.server.fixture.ForeignCa;
import io.inmesh.server.peer.rpc.Context;
import io.inmesh.server.peer.rpc.Process;
import io.inmesh.server.service.Locality;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.Personality;
import io.inmesh.server.translate.Sidecar;
import io.inmesh.server.translate.VersionedResource;
import io.inmesh.xds.core.Node;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ProcessMessagesTest {

    private static final Instant SINCE = Instant.parse("2026-06-01T12:00:00.123456789Z");

    @Test
    void aProcessIsWhatItWasOnTheOtherSide() {
        ConnectedProcess full = process(List.of(CERTIFICATES));
        ConnectedProcess bare = new ConnectedProcess(
                "node",
                "node",
                "default",
                "default",
                Map.of(),
                "10.0.0.1:1",
                "",
                false,
                SINCE,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                new ClientContext("default", Map.of(), "x", Personality.GRPC_SAFE, Locality.UNKNOWN),
                List.of());

        assertThat(ProcessMessages.read(ProcessMessages.of(full, true))).isEqualTo(full);
        assertThat(ProcessMessages.read(ProcessMessages.of(full, false))).isEqualTo(process(List.of()));
        assertThat(ProcessMessages.read(ProcessMessages.of(bare, true))).isEqualTo(bare);
    }

    @Test
    void whatItHasBeenSentIsToldWithItsContentIfThatIsAskedFor() {
        VersionedResource resource =
                VersionedResource.of("one", Node.newBuilder().setId("content").build());
        HeldResource held = new HeldResource("type", "one", "v1", resource);
        HeldResource nothing = new HeldResource("type", "two", "", null);
        ProcessConfig config = new ProcessConfig(
                process(List.of()), Node.newBuilder().setId("node").build(), Set.of("type"), List.of(held, nothing));

        assertThat(ProcessMessages.config(ProcessMessages.of(config, true))).isEqualTo(config);
        ProcessConfig names = ProcessMessages.config(ProcessMessages.of(config, false));
        assertThat(names.held()).containsExactly(new HeldResource("type", "one", "v1", null), nothing);
        assertThat(names.everything()).containsExactly("type");
    }

    @Test
    void whatANewerServerSaysAndThisOneDoesNotKnowIsNoAnswerRatherThanHalfOfOne() {
        Process unknown = Process.newBuilder()
                .setContext(Context.newBuilder().setPersonality("NEWER"))
                .build();

        assertThatIllegalArgumentException().isThrownBy(() -> ProcessMessages.read(unknown));
    }

    private static final X509Certificate[] CERTIFICATES = {
        ForeignCa.root(SINCE, spec -> {}).certificate()
    };

    private static ConnectedProcess process(List<X509Certificate> chain) {
        Sidecar sidecar = new Sidecar(
                "/etc/identity",
                "10.0.0.5",
                "127.0.0.1",
                new TreeMap<>(
                        Map.of(9080, new Sidecar.Application(8080, false), 9090, new Sidecar.Application(1, true))));
        return new ConnectedProcess(
                "sidecar~10.0.0.1~reviews-1.default~default.svc.cluster.local",
                "reviews-1",
                "default",
                "reviews",
                Map.of("app", "reviews"),
                "/10.0.0.1:4711",
                "inmesh 1",
                true,
                SINCE,
                Optional.of(SINCE.plusSeconds(5)),
                Optional.of(new CertificateReport(
                        "ab", SINCE, CertificateReport.Health.DEGRADED, "no", Optional.of(SINCE), List.of("root"))),
                chain,
                Optional.of("trust"),
                new ClientContext(
                        "default",
                        Map.of("app", "reviews"),
                        "default.svc.cluster.local",
                        Personality.FULL,
                        new Locality("r", "z", "s"),
                        Optional.of(sidecar)),
                List.of(new TypeStatus("type", TypeStatus.State.REJECTED, "2", "1", "because", List.of("one"), SINCE)));
    }
}
