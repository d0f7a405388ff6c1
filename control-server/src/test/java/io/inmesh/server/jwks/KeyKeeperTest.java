package io.inmesh.server.jwks;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.KeySource;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.store.KeyValueTable;
import io.inmesh.server.store.StoreUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** When keys are fetched, which are kept, and what is said of those that cannot be had. */
class KeyKeeperTest {

    private static final String URL = "https://issuer.example/keys";
    private static final KeySource KEYS = new KeySource(KeySource.Kind.KEY_SET, URL);
    private static final KeySource ISSUER = new KeySource(KeySource.Kind.ISSUER, "https://issuer.example");
    private static final JwksSettings SETTINGS = new JwksSettings(
            List.of("https://issuer.example/"), List.of(), Duration.ofMinutes(20), Duration.ofSeconds(5));

    private final FakeTime time = new FakeTime();
    private final MemoryTable table = new MemoryTable();
    private final Map<String, String> web = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final KeyKeeper keeper = keeper();
    private int changes;

    @Test
    void keysOfANewSourceAreFetchedAtOnceAndThenAtTheInterval() {
        web.put(URL, set("one"));
        keeper.watch(Set.of(KEYS));
        assertThat(keeper.current().of(KEYS)).hasValue(set("one"));
        assertThat(changes).isEqualTo(1);
        web.put(URL, set("two"));
        time.advance(Duration.ofMinutes(19));
        assertThat(keeper.current().of(KEYS)).hasValue(set("one"));
        time.advance(Duration.ofMinutes(1));
        assertThat(keeper.current().of(KEYS)).hasValue(set("two"));
        assertThat(changes).isEqualTo(2);
        time.advance(Duration.ofMinutes(20));
        assertThat(changes).as("the same keys are no change").isEqualTo(2);
        assertThat(asked).hasSize(3);
    }

    @Test
    void lastGoodKeysAreKeptWhereNoneCanBeHadAnyMore() {
        web.put(URL, set("one"));
        keeper.watch(Set.of(KEYS));
        web.put(URL, "{\"keys\":[]}");
        time.advance(Duration.ofMinutes(20));
        assertThat(keeper.current().of(KEYS)).hasValue(set("one"));
        assertThat(keeper.problems())
                .containsExactly("keys from " + URL + ": its answer holds no public key; the last good keys are used");
        web.put(URL, set("two"));
        time.advance(Duration.ofSeconds(2));
        assertThat(keeper.current().of(KEYS)).hasValue(set("two"));
        assertThat(keeper.problems()).isEmpty();
    }

    /** CVE-2026-31837: there is no key to fall back to that somebody could hold. */
    @Test
    void issuerOfWhichThereNeverWasAKeyHasNone() {
        keeper.watch(Set.of(KEYS));
        assertThat(keeper.current().of(KEYS)).isEmpty();
        assertThat(keeper.problems())
                .containsExactly("keys from " + URL + ": 404; every token of the issuer is refused");
    }

    @Test
    void failuresAreRepeatedWithGrowingPausesUpToTheInterval() {
        keeper.watch(Set.of(KEYS));
        time.advance(Duration.ofSeconds(2 + 4 + 8));
        assertThat(asked).hasSize(4);
        time.advance(Duration.ofHours(2));
        assertThat(asked).hasSizeBetween(14, 16);
    }

    @Test
    void keysOutliveARestart() {
        web.put(URL, set("one"));
        keeper.watch(Set.of(KEYS));
        web.clear();
        KeyKeeper restarted = keeper();
        restarted.watch(Set.of(KEYS));
        assertThat(restarted.current().of(KEYS)).hasValue(set("one"));
    }

    @Test
    void keysOfASourceThatNoRuleNamesAnyMoreAreForgotten() {
        web.put(URL, set("one"));
        keeper.watch(Set.of(KEYS));
        keeper.watch(Set.of());
        assertThat(keeper.current().sets()).isEmpty();
        assertThat(table.scan("jwks")).isEmpty();
        time.advance(Duration.ofHours(1));
        assertThat(asked).hasSize(1);
    }

    @Test
    void issuerIsAskedWhereItsKeysAre() {
        web.put(
                "https://issuer.example/.well-known/openid-configuration",
                "{\"issuer\":\"https://issuer.example\",\"jwks_uri\":\"" + URL + "\"}");
        web.put(URL, set("one"));
        keeper.watch(Set.of(ISSUER));
        assertThat(keeper.current().of(ISSUER)).hasValue(set("one"));
    }

    @Test
    void metadataOfAnotherIssuerAreNotBelieved() {
        web.put(
                "https://issuer.example/.well-known/openid-configuration",
                "{\"issuer\":\"https://other.example\",\"jwks_uri\":\"" + URL + "\"}");
        keeper.watch(Set.of(ISSUER));
        assertThat(keeper.problems().get(0)).contains("those of another issuer");
    }

    /** CVE-2026-41413: neither a resource nor an issuer's metadata decide which addresses the server asks. */
    @Test
    void onlyAllowedAddressesAreAskedWhoeverNamesThem() {
        web.put(
                "https://issuer.example/.well-known/openid-configuration",
                "{\"issuer\":\"https://issuer.example\",\"jwks_uri\":\"http://169.254.169.254/keys\"}");
        KeySource metadata = new KeySource(KeySource.Kind.KEY_SET, "http://169.254.169.254/latest/meta-data");
        keeper.watch(Set.of(ISSUER, metadata));
        assertThat(asked).containsExactly("https://issuer.example/.well-known/openid-configuration");
        assertThat(keeper.problems()).hasSize(2).allMatch(problem -> problem.contains("jwks.allow"));
    }

    @Test
    void savedKeysOfAnAddressThatIsNotAllowedAnyMoreAreNotUsed() {
        table.put("jwks", "https://elsewhere.example/keys", set("one").getBytes(StandardCharsets.UTF_8));
        KeySource elsewhere = new KeySource(KeySource.Kind.KEY_SET, "https://elsewhere.example/keys");
        keeper.watch(Set.of(elsewhere));
        assertThat(keeper.current().of(elsewhere)).isEmpty();
    }

    @Test
    void onlyPublicPartsOfKeysAreKept() throws Exception {
        String keys = "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"},{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"AA\","
                + "\"x\":\"AQ\",\"kid\":\"a\",\"x5c\":[]},7,{\"kty\":\"RSA\"}]}";
        assertThat(PublicKeys.of(keys))
                .isEqualTo("{\"keys\":[{\"kty\":\"OKP\",\"kid\":\"a\",\"crv\":\"Ed25519\",\"x\":\"AQ\"}]}");
    }

    @Test
    void keysAreUsedThoughTheStoreCannotBeAskedForThemNorKeepThem() {
        web.put(URL, set("one"));
        KeyKeeper made = new KeyKeeper(SETTINGS, this::answer, new Unavailable(), Runnable::run, time, () -> 0.5);
        made.onChange(() -> changes++);

        made.watch(Set.of(KEYS));
        assertThat(made.current().of(KEYS)).hasValue(set("one"));
        web.put(URL, set("two"));
        time.advance(Duration.ofMinutes(20));
        assertThat(made.current().of(KEYS)).hasValue(set("two"));
        assertThat(changes).isEqualTo(2);
        made.watch(Set.of());
    }

    @Test
    void aChangeOfConfigurationIsPassedOnWithoutWaitingForTheStore() throws Exception {
        table.put("jwks", URL, set("kept").getBytes(StandardCharsets.UTF_8));
        List<Runnable> put = new ArrayList<>();
        KeyKeeper made = new KeyKeeper(SETTINGS, this::answer, table, put::add, time, () -> 0.5);
        try (ConfigStore store = new ConfigStore(new MemoryTable())) {
            made.follow(store, () -> changes++);
            store.commit(List.of(new ConfigStore.Change.Put(authentication("first"), null)));

            assertThat(changes).as("the change is passed on").isEqualTo(1);
            assertThat(made.current().sets()).as("nothing has been read yet").isEmpty();
            put.remove(0).run();
            assertThat(made.current().of(KEYS)).hasValue(set("kept"));
            assertThat(changes).as("and what was kept, when it has been read").isEqualTo(2);

            KeyKeeper restarted = new KeyKeeper(SETTINGS, this::answer, table, put::add, time, () -> 0.5);
            restarted.follow(store, () -> {});
            assertThat(restarted.current().of(KEYS))
                    .as("what was kept is there from the start")
                    .hasValue(set("kept"));
        }
    }

    private static Resource authentication(String name) {
        return Config.resource("{apiVersion: security.istio.io/v1, kind: RequestAuthentication, metadata: {name: "
                + name + "}, spec: {jwtRules: [{issuer: a, jwksUri: \"" + URL + "\"}]}}");
    }

    /** A table that cannot be asked. */
    private static final class Unavailable implements KeyValueTable {
        @Override
        public Optional<byte[]> get(String name, String key) {
            throw away();
        }

        @Override
        public void put(String name, String key, byte[] value) {
            throw away();
        }

        @Override
        public boolean delete(String name, String key) {
            throw away();
        }

        @Override
        public SortedMap<String, byte[]> scan(String name) {
            throw away();
        }

        @Override
        public boolean compareAndSet(String name, String key, byte[] expected, byte[] value) {
            throw away();
        }

        @Override
        public long increment(String name, String key) {
            throw away();
        }

        private static StoreUnavailableException away() {
            return StoreUnavailableException.nothingChanged("away on purpose", null);
        }
    }

    private KeyKeeper keeper() {
        KeyKeeper made = new KeyKeeper(SETTINGS, this::answer, table, Runnable::run, time, () -> 0.5);
        made.onChange(() -> changes++);
        return made;
    }

    private String answer(String url) throws IOException {
        asked.add(url);
        String document = web.get(url);
        if (document == null) {
            throw new IOException("404");
        }
        return document;
    }

    private static String set(String id) {
        return "{\"keys\":[{\"kty\":\"OKP\",\"kid\":\"" + id + "\",\"crv\":\"Ed25519\",\"x\":\"AQ\"}]}";
    }
}
