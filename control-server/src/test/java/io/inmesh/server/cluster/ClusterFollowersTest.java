package io.inmesh.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.cluster.ClusterFollowers.Progress;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.kubernetes.ApiServer;
import io.inmesh.server.kubernetes.ApiSettings;
import io.inmesh.server.kubernetes.FakeApiServer;
import io.inmesh.server.settings.SettingsFile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterFollowersTest {
    private static final String RULES = "/apis/networking.istio.io/v1/destinationrules";
    private static final String VIRTUAL = "/apis/networking.istio.io/v1/virtualservices";

    @TempDir
    private Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private FakeApiServer api;
    private ApiServer server;
    private ClusterFollowers followers;

    @BeforeEach
    void begin() throws IOException {
        api = new FakeApiServer();
        api.installs(RULES);
        api.installs(VIRTUAL);
        Path file = Files.writeString(folder.resolve("settings.yaml"), "url: " + api.url());
        server = new ApiServer(ApiSettings.read(SettingsFile.read(file), Map.of()), "c1");
        followers = new ClusterFollowers(
                "c1",
                server,
                new Mirror(Set.of()),
                new ClusterMeters("c1", meters, new FakeTime()),
                Duration.ofMillis(20));
    }

    @AfterEach
    void end() {
        followers.close();
        server.close();
        api.close();
    }

    @Test
    void kindsThatMayNotBeReadAreNotWaitedForBesideOthers() {
        api.answersLists(VIRTUAL, 403);
        followers.start();
        await(() -> followers.follow() == Progress.ALLOWED);
        assertThat(followers.answers()).isFalse();
        assertThat(followers.problem()).contains("403", VIRTUAL);

        api.answersLists(VIRTUAL, 500);
        await(() -> followers.follow() == Progress.TRIED);
        api.answersLists(VIRTUAL, 200);
        await(() -> followers.follow() == Progress.ALL && followers.answers());
    }

    @ParameterizedTest
    @ValueSource(strings = {"authorizationpolicies", "peerauthentications", "requestauthentications"})
    void rulesAboutAccessThatMayNotBeReadAreWaitedForSinceClientsWouldBeLetInWithoutThem(String plural) {
        String access = "/apis/security.istio.io/v1/" + plural;
        api.installs(access);
        api.answersLists(access, 403);
        followers.start();
        await(() ->
                followers.follow() != Progress.NOTHING && followers.problem().contains(access));
        assertThat(followers.follow()).isEqualTo(Progress.TRIED);

        api.answersLists(access, 200);
        await(() -> followers.follow() == Progress.ALL);
    }

    @Test
    void otherRefusalsThanThatARightIsLackingAreNoReasonToGoOnWithout() {
        api.answersLists(VIRTUAL, 400);
        followers.start();
        await(() ->
                followers.follow() != Progress.NOTHING && followers.problem().contains("400"));
        assertThat(followers.follow()).isEqualTo(Progress.TRIED);
    }

    @Test
    void rightsThatAreNotThereYetAreWaitedFor() {
        api.answersLists(RULES, 403);
        api.answersLists(VIRTUAL, 403);
        followers.start();
        await(() -> followers.follow() == Progress.TRIED);
        await(() -> followers.problem().contains("403"));
        assertThat(followers.follow()).isEqualTo(Progress.TRIED);
    }

    @Test
    void listsAndWatchesAreCounted() {
        followers.start();
        await(() -> followers.follow() == Progress.ALL && counted("watches") == 2);
        assertThat(counted("lists")).isEqualTo(2);

        api.tear();
        await(() -> counted("watches") >= 4);
        assertThat(counted("lists")).isEqualTo(2);
        api.compact();
        await(() -> counted("lists") >= 4);
    }

    private double counted(String name) {
        return meters.get("inmesh.cluster." + name).counter().count();
    }

    private static void await(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
