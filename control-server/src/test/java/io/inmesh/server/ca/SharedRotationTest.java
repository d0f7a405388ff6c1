package io.inmesh.server.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.Keys;
import io.inmesh.server.fixture.Pause;
import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.FollowedTables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root is replaced though processes are connected to three servers, of which one leads. */
class SharedRotationTest {
    private static final WorkloadIdentity REVIEWS = new WorkloadIdentity("inmesh.local", "default", "reviews");

    @TempDir
    Path directory;

    private final FakeTime time = new FakeTime();
    private final Engine engine = EmbeddedEngine.inMemory();
    private final AuditLog audit = new AuditLog(engine, time);

    /** What each server has told last; one that is not in it does not run. */
    private final Map<String, TrustReport> told = new LinkedHashMap<>();

    private final List<Server> servers = new ArrayList<>();
    private String unheard = "";

    @BeforeEach
    void start() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            servers.add(new Server(name));
        }
        // Whoever was connected before has come back.
        tell();
        time.advance(RootRotation.SETTLING);
        tell();
    }

    @AfterEach
    void close() {
        servers.forEach(server -> server.followed.close());
        engine.close();
    }

    @Test
    void everyServerTakesEachStepAndOnlyTheLeaderNotesThatOneHasReachedEverybody() throws Exception {
        String first = servers.get(0).active();
        lead(0);

        String second = servers.get(1).rotation.add(null, "alice").root().id();
        awaitStates(RootState.ACTIVE, RootState.STAGED);
        reachEverybody();
        leader(0).rotation.advance(fence(0));
        awaitStates(RootState.ACTIVE, RootState.TRUSTED);

        tell();
        reachEverybody();
        servers.get(2).rotation.activate(second, false, "alice");
        awaitStates(RootState.TRUSTED, RootState.ACTIVE);
        for (Server server : servers) {
            assertThat(Root.idOf(server.issue().get(2))).isEqualTo(second);
        }

        reachEverybody();
        servers.get(1).rotation.retire(first, false, "alice");
        awaitStates(RootState.RETIRING, RootState.ACTIVE);
        reachEverybody();
        leader(0).rotation.advance(fence(0));
        awaitStates(RootState.GONE, RootState.ACTIVE);
        assertThat(servers)
                .allSatisfy(server -> assertThat(server.authority.roots())
                        .extracting(Root::idOf)
                        .containsExactly(second));
        assertThat(audit.entries())
                .extracting(AuditEntry::event)
                .containsExactly("root-added", "root-trusted", "root-activated", "root-retired", "root-gone");
    }

    @Test
    void aStepWaitsForProcessesOfOtherServersAndNamesThem() throws Exception {
        String second = servers.get(0).rotation.add(null, "alice").root().id();
        awaitStates(RootState.ACTIVE, RootState.STAGED);
        Server other = servers.get(2);
        other.processes.add(process("reviews-1", "bundle of before", other.issue()));
        reachEverybody();

        assertThatThrownBy(() -> servers.get(0).rotation.activate(second, false, "alice"))
                .isInstanceOf(RootRotation.Refused.class)
                .hasMessageContaining("reviews-1 in default has not acknowledged")
                .hasMessageContaining("(at control server c)");

        other.processes.set(0, process("reviews-1", other.version(), other.issue()));
        reachEverybody();
        servers.get(0).rotation.activate(second, false, "alice");
        awaitStates(RootState.TRUSTED, RootState.ACTIVE);

        reachEverybody();
        String first = servers.get(0).authority.rootSet().all().get(0).id();
        assertThatThrownBy(() -> servers.get(1).rotation.retire(first, false, "alice"))
                .hasMessageContaining("reviews-1 in default has not acknowledged");
        other.processes.set(0, process("reviews-1", other.version(), other.issuedBelow(first)));
        reachEverybody();
        assertThatThrownBy(() -> servers.get(1).rotation.retire(first, false, "alice"))
                .hasMessageContaining("reviews-1 in default runs a certificate below it")
                .hasMessageContaining("(at control server c)");
        other.processes.set(0, process("reviews-1", other.version(), other.issue()));
        reachEverybody();
        servers.get(1).rotation.retire(first, false, "alice");
    }

    @Test
    void aServerThatHasNotHeardOfTheStepOrIsTooOldToSayKeepsItFromGoingOn() throws Exception {
        String second = servers.get(0).rotation.add(null, "alice").root().id();
        awaitStates(RootState.ACTIVE, RootState.STAGED);
        tell();
        told.put("b", new TrustReport(1, List.of(), Map.of()));
        time.advance(TrustProgress.HEARD);
        assertThatThrownBy(() -> servers.get(0).rotation.activate(second, false, "alice"))
                .hasMessageContaining("control server b has not said yet");
        told.put("b", null);
        assertThatThrownBy(() -> servers.get(0).rotation.activate(second, false, "alice"))
                .hasMessageContaining("control server b is of a version");
        tell();
        unheard = "this server has not heard of others";
        assertThatThrownBy(() -> servers.get(0).rotation.activate(second, false, "alice"))
                .hasMessageContaining(unheard);
    }

    @Test
    void nobodyIsTakenForThereWhoIsOnTheWayToAnotherServer() throws Exception {
        String second = servers.get(0).rotation.add(null, "alice").root().id();
        awaitStates(RootState.ACTIVE, RootState.STAGED);
        tell();
        // Nobody is missing, but a server may not have told yet of one that has come to it just now.
        assertThatThrownBy(() -> servers.get(0).rotation.activate(second, false, "alice"))
                .hasMessageContaining("have until");
        time.advance(TrustProgress.HEARD);
        told.remove("c");
        assertThatThrownBy(() -> servers.get(0).rotation.activate(second, false, "alice"))
                .as("its processes need a moment to come elsewhere")
                .hasMessageContaining("started or ended only just now");
        servers.remove(2).followed.close();
        tell();
        time.advance(RootRotation.SETTLING);
        reachEverybody();
        servers.get(0).rotation.activate(second, false, "alice");
    }

    @Test
    void theNextLeaderGoesOnWhereTheOneBeforeWasAndThatOneDecidesNothingAnyMore() throws Exception {
        lead(0);
        List<Guard> before = fence(0);
        servers.get(2).rotation.add(null, "alice");
        awaitStates(RootState.ACTIVE, RootState.STAGED);
        reachEverybody();

        lead(1);
        leader(0).rotation.advance(before);
        assertThat(leader(0).states()).containsExactly(RootState.ACTIVE, RootState.STAGED);

        leader(1).rotation.advance(fence(1));
        awaitStates(RootState.ACTIVE, RootState.TRUSTED);
        assertThat(audit.entries())
                .extracting(AuditEntry::event)
                .containsExactly("root-added", "root-trusted", "step-not-taken", "root-trusted");
    }

    private Server leader(int which) {
        return servers.get(which);
    }

    private void lead(int which) {
        engine.put("leader", "leader", term(which));
    }

    private static List<Guard> fence(int which) {
        return List.of(new Guard("leader", "leader", term(which)));
    }

    private static byte[] term(int which) {
        return Integer.toString(which).getBytes(StandardCharsets.UTF_8);
    }

    /** Every server tells the others how its processes stand now. */
    private void tell() {
        servers.forEach(server -> told.put(server.name, server.rotation.report()));
    }

    /** Nobody is missing for long enough, or is again and again. */
    private void reachEverybody() {
        tell();
        tell();
        time.advance(TrustProgress.HEARD);
        tell();
    }

    private void awaitStates(RootState... states) throws InterruptedException {
        await(() -> servers.stream().allMatch(server -> server.states().equals(List.of(states))));
    }

    private static ProcessTrust process(String name, String bundle, List<X509Certificate> chain) {
        return new ProcessTrust(name + " in default", true, true, Optional.of(bundle), chain);
    }

    private static void await(BooleanSupplier reached) throws InterruptedException {
        while (!reached.getAsBoolean()) {
            Pause.aMoment();
        }
    }

    private final class Server {
        private final String name;
        private final List<ProcessTrust> processes = new ArrayList<>();
        private final Map<String, List<X509Certificate>> issued = new LinkedHashMap<>();
        private final FollowedTables followed = new FollowedTables(engine, time, SharedAuthority.TABLE);
        private final CertificateAuthority authority;
        private final RootRotation rotation;

        Server(String name) throws IOException {
            this.name = name;
            this.authority = SharedAuthority.open(
                    AuthoritySettings.defaults(),
                    engine,
                    followed,
                    directory.resolve(name),
                    "inmesh.local",
                    Map.of(AuthoritySettings.PASSPHRASE_VARIABLE, "the same at all of them"),
                    time,
                    new SecureRandom());
            this.rotation = new RootRotation(
                    authority,
                    () -> List.copyOf(processes),
                    this::version,
                    new Heard(name),
                    new JoinTokens(engine, authority, audit, time, new SecureRandom()),
                    audit,
                    time);
            issue();
        }

        private String version() {
            return Pem.encode(authority.roots());
        }

        private List<RootState> states() {
            return authority.rootSet().all().stream().map(Root::state).toList();
        }

        private String active() {
            return authority.rootSet().active().id();
        }

        private List<X509Certificate> issue() {
            List<X509Certificate> chain = authority
                    .issue(
                            SubjectPublicKeyInfo.getInstance(
                                    Keys.p256().getPublic().getEncoded()),
                            REVIEWS,
                            Duration.ZERO)
                    .chain();
            issued.put(Root.idOf(chain.get(2)), chain);
            return chain;
        }

        private List<X509Certificate> issuedBelow(String root) {
            return issued.getOrDefault(root, List.of());
        }
    }

    private final class Heard implements TrustReport.Source {
        private final String self;

        Heard(String self) {
            this.self = self;
        }

        @Override
        public List<TrustReport.Other> others() {
            List<TrustReport.Other> others = new ArrayList<>();
            told.forEach((name, report) -> {
                if (!name.equals(self)) {
                    others.add(new TrustReport.Other(name, name, report));
                }
            });
            return others;
        }

        @Override
        public List<String> unheard() {
            return unheard.isEmpty() ? List.of() : List.of(unheard);
        }
    }
}
