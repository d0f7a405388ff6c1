package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.client.identity.Certificates;
import io.inmesh.client.identity.RootPins;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.WorkloadIdentity;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.testkit.TestCa;
import io.inmesh.xds.TypeUrls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process finds in its state folder when it starts, and what of that it believes. */
final class StateKeeperTest {

    private static final String IDENTITY = "identity.pem";
    private static final String RESOURCES = "resources";

    @TempDir
    Path parent;

    private final FakeClock clock = new FakeClock();
    private final ControlThread thread = new ControlThread(new FakeScheduler(clock));
    private final TestCa ca = TestCa.root("inmesh.local", Instant.ofEpochMilli(clock.epochMillis()));
    private final WorkloadIdentity reviews = ca.issue("default", "reviews");
    private Path path = Path.of("");

    @BeforeEach
    void savedByAProcessBefore() throws Exception {
        path = parent.resolve("state");
        save(reviews, ca, token(ca));
    }

    @AfterEach
    void end() {
        thread.close();
    }

    @Test
    void identityAndResourcesComeBack() throws Exception {
        try (StateFolder folder = StateFolder.open(path)) {
            ResourceStore store = new ResourceStore(false);
            StateKeeper keeper = keeper(folder, token(ca), store);
            Certificates.Issued identity = Objects.requireNonNull(keeper.loadIdentity());
            assertThat(identity.identity().key()).isEqualTo(reviews.key());
            assertThat(identity.identity().leaf()).isEqualTo(reviews.leaf());
            assertThat(identity.trust()).isEqualTo(ca.bundle());
            assertThat(keeper.loadResources()).isTrue();
            assertThat(store.type(TypeUrls.CLUSTER).versions()).containsExactly(Map.entry(Shapes.REVIEWS, "c1"));
            assertThat(keeper.savedAt()).isEqualTo(Instant.ofEpochMilli(clock.epochMillis()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {IDENTITY, RESOURCES})
    void tornFileIsPutAsideWhereverItEnds(String name) throws Exception {
        byte[] whole = Files.readAllBytes(path.resolve(name));
        assertThat(whole.length).isGreaterThan(1000);
        for (int length = 0; length < whole.length; length += 100) {
            Files.write(path.resolve(name), Arrays.copyOf(whole, length));
            assertThat(loads(name))
                    .as("with %d of %d bytes", length, whole.length)
                    .isNull();
            assertThat(path.resolve(name + ".rejected")).hasSize(length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {IDENTITY, RESOURCES})
    void fileWithOneBitChangedSaysTheSameOrIsPutAside(String name) throws Exception {
        byte[] whole = Files.readAllBytes(path.resolve(name));
        String good = loads(name);
        int refused = 0;
        for (int at = 0; at < whole.length; at += 7) {
            byte[] changed = whole.clone();
            changed[at] ^= (byte) (1 << (at % 8));
            Files.write(path.resolve(name), changed);
            String loaded = loads(name);
            if (loaded == null) {
                refused++;
                assertThat(path.resolve(name + ".rejected")).hasBinaryContent(changed);
            } else {
                // Some bytes carry no meaning, as line ends of PEM; whatever is believed must be what was saved.
                assertThat(loaded).as("bit changed at %d", at).isEqualTo(good);
            }
        }
        assertThat(refused).isGreaterThan(whole.length / 10);
    }

    @Test
    void keyThatIsNotTheCertificatesIsPutAside() throws Exception {
        String own = Files.readString(path.resolve(IDENTITY));
        save(ca.issue("default", "reviews"), ca, token(ca));
        String other = Files.readString(path.resolve(IDENTITY));
        String begin = "-----BEGIN CERTIFICATE-----";
        Files.writeString(
                path.resolve(IDENTITY), other.substring(0, other.indexOf(begin)) + own.substring(own.indexOf(begin)));
        try (Logs logs = new Logs()) {
            assertThat(loads(IDENTITY)).isNull();
            assertThat(logs.warnings()).singleElement().asString().contains("private key");
        }
        assertThat(path.resolve(IDENTITY + ".rejected")).exists();
    }

    @Test
    void stateUnderAnotherRootThanTheTokenPinsIsPutAside() throws Exception {
        TestCa other = TestCa.root("inmesh.local", Instant.ofEpochMilli(clock.epochMillis()));
        save(other.issue("default", "reviews"), other, token(other));
        try (Logs logs = new Logs()) {
            assertThat(loads(IDENTITY)).isNull();
            assertThat(loads(RESOURCES)).isNull();
            assertThat(logs.warnings())
                    .anySatisfy(text -> assertThat(text).contains("not one that the token pins"))
                    .anySatisfy(text -> assertThat(text).contains("is not known here"));
        }
        assertThat(path.resolve(IDENTITY + ".rejected")).exists();
        assertThat(path.resolve(RESOURCES + ".rejected")).exists();
    }

    @Test
    void withoutTokenTheRootOfTheSavedIdentityCounts() throws Exception {
        try (StateFolder folder = StateFolder.open(path)) {
            StateKeeper keeper = keeper(folder, null, new ResourceStore(false));
            assertThat(keeper.loadIdentity()).isNotNull();
            assertThat(keeper.loadResources()).isTrue();
        }
        Files.delete(path.resolve(IDENTITY));
        assertThat(loads(RESOURCES, null)).as("nobody vouches for the signer").isNull();
    }

    @Test
    void identityThatHasEndedIsNotUsedButTheResourcesOutliveIt() throws Exception {
        clock.advance(Duration.ofHours(25));
        try (StateFolder folder = StateFolder.open(path);
                Logs logs = new Logs()) {
            StateKeeper keeper = keeper(folder, token(ca), new ResourceStore(false));
            assertThat(keeper.loadIdentity()).isNull();
            assertThat(keeper.loadResources()).isTrue();
            assertThat(logs.warnings()).singleElement().asString().contains("ended at 2026-01-02T00:00:00Z");
        }
    }

    @Test
    void identityOfAnotherNamespaceThanThisProcessIsPutAside() throws Exception {
        save(ca.issue("shop", "reviews"), ca, token(ca));
        try (Logs logs = new Logs()) {
            assertThat(loads(IDENTITY)).isNull();
            assertThat(logs.warnings())
                    .singleElement()
                    .asString()
                    .contains("spiffe://inmesh.local/ns/shop/sa/reviews")
                    .contains("INMESH_NAMESPACE");
        }
        assertThat(path.resolve(IDENTITY + ".rejected")).exists();
    }

    private static Credential token(TestCa ca) {
        return new Credential(() -> "inmesh.t1.open-sesame.root", RootPins.of(List.of(ca.rootCertificate())));
    }

    private StateKeeper keeper(StateFolder folder, @Nullable Credential token, ResourceStore store) {
        return keeper(folder, token, store, new IdentityHolder(clock));
    }

    private StateKeeper keeper(
            StateFolder folder, @Nullable Credential token, ResourceStore store, IdentityHolder holder) {
        ControlClientSettings settings = ControlClientSettings.fromEnvironment(
                Map.of("INMESH_CONTROL", "localhost:15012", "INMESH_SERVICE", "reviews"));
        return new StateKeeper(folder, settings, token, thread, holder, clock, store);
    }

    private void save(WorkloadIdentity identity, TestCa issuer, Credential token) throws Exception {
        StateFolder folder = StateFolder.open(path);
        ResourceStore store = new ResourceStore(false);
        Update.Item cluster = new Update.Item(
                Shapes.REVIEWS, "c1", Shapes.cluster(Shapes.REVIEWS).toByteString());
        store.apply(new Update(TypeUrls.CLUSTER, "c1", "n1", List.of(cluster), List.of(), false));
        IdentityHolder holder = new IdentityHolder(clock);
        holder.update(identity, issuer.bundle());
        StateKeeper keeper = keeper(folder, token, store, holder);
        keeper.saveIdentity();
        keeper.saveSoon();
        keeper.close();
    }

    private @Nullable String loads(String name) throws Exception {
        return loads(name, token(ca));
    }

    /** {@return what a process that starts reads from a file, null if it does not use it} */
    private @Nullable String loads(String name, @Nullable Credential token) throws Exception {
        try (StateFolder folder = StateFolder.open(path)) {
            ResourceStore store = new ResourceStore(false);
            StateKeeper keeper = keeper(folder, token, store);
            if (name.equals(IDENTITY)) {
                Certificates.Issued identity = keeper.loadIdentity();
                return identity == null
                        ? null
                        : Arrays.toString(identity.identity().key().getEncoded())
                                + identity.identity().chain()
                                + identity.trust();
            }
            return keeper.loadResources() ? store.version() : null;
        }
    }
}
