package io.inmesh.server.ca;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.Pause;
import io.inmesh.server.store.FollowedTables;
import io.inmesh.server.store.Schema;
import io.inmesh.server.store.StoreUnavailableException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Servers on one store are one authority. */
class SharedAuthorityTest extends SharedAuthorityFixture {

    @Test
    void ofServersThatStartAtOnceOneFoundsTheAuthorityAndAllAreThatOne() throws Exception {
        Gate together = new Gate(engine, 3);
        List<Future<CertificateAuthority>> starting = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            for (int i = 0; i < 3; i++) {
                FollowedTables followed = followed(engine);
                starting.add(threads.submit(() -> open(together, followed, "none", PASSPHRASE)));
            }
            List<CertificateAuthority> servers = new ArrayList<>();
            for (Future<CertificateAuthority> server : starting) {
                servers.add(server.get());
            }

            assertThat(servers)
                    .extracting(CertificateAuthority::rootHash)
                    .containsOnly(servers.get(0).rootHash());
            assertThat(servers).extracting(CertificateAuthority::isNew).containsOnlyOnce(true);
            assertThat(servers).extracting(CertificateAuthority::generation).containsOnly(1L);
            X509Certificate[] chain = issue(servers.get(1)).chain().toArray(X509Certificate[]::new);
            ClientTrust another = new ClientTrust(servers.get(2), () -> DenyList.Denied.NOBODY, time);
            assertThatCode(() -> another.checkClientTrusted(chain, "UNKNOWN")).doesNotThrowAnyException();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aStoreWithTheAuthorityIsNotForServersThatWouldFoundTheirOwn() throws Exception {
        Schema.check(engine);
        assertThat(engine.get(Schema.TABLE, "schema")).as("until then it is").hasValue(new byte[] {'1'});

        open();

        assertThat(engine.get(Schema.TABLE, "schema")).hasValue(new byte[] {'2'});
        Schema.check(engine);
        open().stage(null);
        assertThat(engine.get(Schema.TABLE, "schema")).hasValue(new byte[] {'2'});
    }

    @Test
    void theStoreShowsNeitherKeysNorRoots() throws Exception {
        CertificateAuthority authority = open();

        String stored = new String(stored(), ISO_8859_1);
        assertThat(stored)
                .doesNotContain("PRIVATE")
                .doesNotContain("BEGIN")
                .doesNotContain(authority.rootSet().active().id());
        assertThat(AuthorityCopy.generation(stored())).isEqualTo(1);
        assertThat(authority.encryptsKeys()).isTrue();
        assertThat(directory.resolve("none")).doesNotExist();
    }

    @Test
    void withoutAPassphraseOrWithAnotherOneNoServerStartsAndNothingIsFounded() throws Exception {
        assertThatThrownBy(() -> open(engine, followed(engine), "none", ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("INMESH_CA_PASSPHRASE")
                .hasMessageContaining("authority.passphraseFile")
                .hasMessageContaining("openssl rand");
        assertThatThrownBy(() -> open(engine, followed(engine), "none", "short"))
                .hasMessageContaining("fewer than 12");
        assertThat(engine.get(SharedAuthority.TABLE, "state")).isEmpty();

        open();
        byte[] before = stored();
        assertThatThrownBy(() -> open(engine, followed(engine), "none", "another passphrase"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("sealed under another passphrase")
                .hasMessageContaining("INMESH_CA_PASSPHRASE")
                .hasMessageNotContaining("another passphrase\"");
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void whatHasBeenChangedByOthersThanServersIsNotTaken() throws Exception {
        open();
        byte[] good = stored();

        for (int at : List.of(good.length - 1, 30, new String(good, ISO_8859_1).indexOf('\n') + 1)) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            engine.put(SharedAuthority.TABLE, "state", bad);
            assertThatThrownBy(this::open).as("byte %s", at).isInstanceOf(IOException.class);
        }
        engine.put(SharedAuthority.TABLE, "state", "{\"form\":2}\n".getBytes(UTF_8));
        assertThatThrownBy(this::open).hasMessageContaining("a newer server has written it");
        engine.put(SharedAuthority.TABLE, "state", new byte[0]);
        assertThatThrownBy(this::open).hasMessageContaining("damaged").hasMessageContaining("restore a backup");
    }

    @Test
    void aHeaderThatAsksForMoreMemoryOrTimeThanIsEverWrittenIsNotFollowed() throws Exception {
        open();
        String good = new String(stored(), ISO_8859_1);

        for (String bad : List.of(
                good.replace("\"memoryKib\":65536", "\"memoryKib\":131073"),
                good.replace("\"passes\":3", "\"passes\":7"))) {
            assertThat(bad).isNotEqualTo(good);
            engine.put(SharedAuthority.TABLE, "state", bad.getBytes(ISO_8859_1));
            assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("is damaged");
        }
    }

    @Test
    void aServerThatRunsKeepsTheLastGoodStateAndSaysSo() throws Exception {
        CertificateAuthority authority = open();
        byte[] good = stored();

        engine.put(SharedAuthority.TABLE, "state", "nonsense".getBytes(UTF_8));
        await(() -> !authority.problems().isEmpty());

        assertThat(authority.problems()).singleElement().asString().contains("damaged");
        assertThatCode(() -> issue(authority)).doesNotThrowAnyException();
        assertThatThrownBy(() -> authority.stage(null)).isInstanceOf(IOException.class);
        engine.put(SharedAuthority.TABLE, "state", good);
        await(() -> authority.problems().isEmpty());
        authority.stage(null);
    }

    @Test
    void anOlderCopyIsNotTakenByAServerThatKnowsMoreUntilItIsStartedAgain() throws Exception {
        CertificateAuthority authority = open();
        byte[] older = stored();
        authority.stage(null);

        engine.put(SharedAuthority.TABLE, "state", older);
        await(() -> !authority.problems().isEmpty());

        assertThat(authority.problems()).singleElement().asString().contains("an older copy has been put in its place");
        assertThat(authority.roots()).hasSize(2);
        assertThatThrownBy(() -> authority.stage(null)).isInstanceOf(IOException.class);
        assertThat(open().roots()).hasSize(1);
    }

    @Test
    void whatIsDoneAtOneServerIsSoAtAll() throws Exception {
        CertificateAuthority one = open();
        CertificateAuthority two = open();
        AtomicInteger told = new AtomicInteger();
        two.onChange(told::incrementAndGet);

        Root second = one.stage(null);
        await(() -> two.roots().size() == 2);
        two.activate(second);
        await(() -> one.rootSet().active().id().equals(second.id()));

        assertThat(issue(one).chain().get(2)).isEqualTo(second.certificate());
        await(() -> told.get() == 2);
        assertThat(open().rootSet().active().id()).as("started later").isEqualTo(second.id());
    }

    @Test
    void aServerThatHasNotHeardOfAStepTakesNoneUponIt() throws Exception {
        CertificateAuthority one = open();
        FollowedTables deaf = followed(engine);
        CertificateAuthority two = open(engine, deaf, "none", PASSPHRASE);
        deaf.close();
        Root first = one.rootSet().active();
        Root second = one.stage(null);
        one.activate(second);

        assertThatThrownBy(() -> two.stage(null)).hasMessageContaining("another control server has changed");

        assertThat(two.rootSet().active().id()).as("it knows now").isEqualTo(second.id());
        assertThatThrownBy(() -> two.move(first, RootState.RETIRING, List.of()))
                .as("judged by an earlier state")
                .isInstanceOf(AuthorityKeeper.OvertakenException.class);
        assertThat(two.stage(null).state()).isEqualTo(RootState.STAGED);
    }

    @Test
    void theIntermediateIsRenewedOnceWhicheverServerIsQuicker() throws Exception {
        CertificateAuthority one = open();
        FollowedTables deaf = followed(engine);
        CertificateAuthority two = open(engine, deaf, "none", PASSPHRASE);
        deaf.close();
        time.advance(Duration.ofDays(244));

        X509Certificate renewed = issue(one).chain().get(1);

        assertThat(issue(two).chain().get(1)).isEqualTo(renewed);
        assertThat(two.generation()).isEqualTo(2);
    }

    @Test
    void revocationListsAreReadAndRenewNothing() throws Exception {
        CertificateAuthority authority = open();
        BigInteger serial = issue(authority).leaf().getSerialNumber();
        AtomicInteger told = new AtomicInteger();
        authority.onChange(told::incrementAndGet);
        byte[] before = stored();
        time.advance(Duration.ofDays(244));

        assertThat(authority.revocationLists(new DenyList.Denied(Set.of(serial), Set.of())))
                .contains("X509 CRL");
        assertThat(stored()).isEqualTo(before);
        assertThat(told).hasValue(0);

        authority.renewIfDue();
        assertThat(authority.generation()).isEqualTo(2);
        assertThat(told).hasValue(1);
        authority.renewIfDue();
        assertThat(authority.generation()).as("it is new").isEqualTo(2);
    }

    @Test
    void whileTheStoreIsAwayCertificatesAreIssuedAndNothingIsChanged() throws Exception {
        Gate gate = new Gate(engine, 0);
        CertificateAuthority authority = open(gate, followed(engine), "none", PASSPHRASE);
        gate.away = true;

        assertThatThrownBy(() -> authority.stage(null)).isInstanceOf(StoreUnavailableException.class);
        time.advance(Duration.ofDays(244));
        assertThatCode(() -> issue(authority))
                .as("with the one that is to be renewed")
                .doesNotThrowAnyException();
        assertThat(authority.roots()).hasSize(1);

        gate.away = false;
        assertThat(authority.stage(null).state()).isEqualTo(RootState.STAGED);
    }

    @Test
    void anotherTrustDomainIsNotTakenOver() throws Exception {
        open();

        assertThatThrownBy(() -> SharedAuthority.open(
                        AuthoritySettings.defaults(),
                        engine,
                        followed(engine),
                        directory.resolve("none"),
                        "example.org",
                        Map.of(AuthoritySettings.PASSPHRASE_VARIABLE, PASSPHRASE),
                        time,
                        new SecureRandom()))
                .hasMessageContaining("spiffe://inmesh.local");
    }

    private byte[] stored() {
        return engine.get(SharedAuthority.TABLE, "state").orElseThrow();
    }

    private static void await(BooleanSupplier reached) throws InterruptedException {
        while (!reached.getAsBoolean()) {
            Pause.aMoment();
        }
    }
}
