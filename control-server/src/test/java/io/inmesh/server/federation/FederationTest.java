package io.inmesh.server.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.client.translate.ResourceTranslator;
import io.inmesh.client.translate.Translated;
import io.inmesh.server.ca.Pem;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.translate.Trust;
import io.inmesh.server.translate.TrustSecret;
import io.inmesh.server.translate.VersionedResource;
import io.inmesh.testkit.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FederationTest {

    private static final X509Certificate OWN =
            TestCa.root("inmesh.local", FakeTime.START).rootCertificate();
    private static final X509Certificate FIRST =
            TestCa.root("partner.example", FakeTime.START).rootCertificate();
    private static final X509Certificate SECOND =
            TestCa.root("partner.example", FakeTime.START).rootCertificate();
    private static final X509Certificate LEAF = TestCa.root("partner.example", FakeTime.START)
            .issue("default", "visitor")
            .leaf();

    @TempDir
    Path folder;

    private final FakeTime time = new FakeTime();
    private final AtomicInteger changes = new AtomicInteger();

    @Test
    void ourOwnBundleIsReadByItsOwnRules() throws Exception {
        List<X509Certificate> roots = new ArrayList<>(List.of(FIRST));
        OwnBundle own = new OwnBundle(new MemoryTable(), () -> roots);

        var document = own.document();

        assertThat(document.path("keys").get(0).path("use").asText()).isEqualTo("x509-svid");
        assertThat(document.path("keys").get(0).path("kty").asText()).isEqualTo("EC");
        assertThat(document.path("spiffe_refresh_hint").asInt()).isEqualTo(300);
        assertThat(SpiffeBundle.parse(document.toString()).roots()).containsExactly(FIRST);
    }

    @Test
    void theSequenceOfOurOwnBundleGrowsWithTheRootsAlsoAfterARestart() {
        MemoryTable table = new MemoryTable();
        List<X509Certificate> roots = new ArrayList<>(List.of(FIRST));
        long first = sequence(table, roots);
        assertThat(sequence(table, roots)).isEqualTo(first);

        roots.add(SECOND);

        assertThat(sequence(table, roots)).isGreaterThan(first);
    }

    @Test
    void rootsOfAnotherDomainAreFetchedAndFollowed() throws Exception {
        write(bundle(1, FIRST));
        Federation federation = follow();
        assertThat(federation.roots()).containsOnlyKeys("partner.example");
        assertThat(changes).hasValue(1);

        write(bundle(2, FIRST, SECOND));
        time.advance(Duration.ofSeconds(60));

        assertThat(federation.roots().get("partner.example")).isEqualTo(Pem.encode(List.of(FIRST, SECOND)));
        assertThat(changes).hasValue(2);
        time.advance(Duration.ofSeconds(60));
        assertThat(changes).as("nothing new").hasValue(2);
    }

    @Test
    void theLastGoodBundleStaysAndTheStatusSaysWhatIsWrong() throws Exception {
        write(bundle(7, FIRST));
        Federation federation = follow();

        for (String bad : List.of("", "{}", bundle(6, SECOND), bundle(8, FIRST, FIRST), bundle(8, LEAF))) {
            write(bad);
            time.advance(Duration.ofSeconds(60));
            assertThat(federation.roots().get("partner.example")).isEqualTo(Pem.encode(List.of(FIRST)));
            assertThat(federation.status().get(0).problem()).isNotEmpty();
            assertThat(federation.status().get(0).sequence()).isEqualTo(7);
            assertThat(federation.status().get(0).firstEnd())
                    .isEqualTo(FIRST.getNotAfter().toInstant());
        }
    }

    @Test
    void aBundleWithoutRootsIsObeyedAndTrustsNobody() throws Exception {
        write(bundle(1, FIRST));
        Federation federation = follow();

        write(bundle(2));
        time.advance(Duration.ofSeconds(60));

        assertThat(federation.roots()).isEmpty();
        assertThat(federation.status().get(0).problem()).contains("nobody of partner.example is trusted");
    }

    @Test
    void aDomainThatNeverAnsweredIsTrustedByNobody() throws Exception {
        Federation federation = follow();

        assertThat(federation.roots()).isEmpty();
        write(Pem.encode(List.of(FIRST)));
        time.advance(SpiffeBundle.DEFAULT_REFRESH);
        assertThat(federation.roots()).containsOnlyKeys("partner.example");
    }

    @Test
    void keysForOtherUsesAreLeftOutAndKeysWithoutOneCertificateRefused() throws Exception {
        String other = "{\"use\":\"jwt-svid\",\"kty\":\"EC\"}";
        assertThat(SpiffeBundle.parse("{\"keys\":[" + other + "," + key(FIRST) + "]}")
                        .roots())
                .containsExactly(FIRST);
        assertThatThrownBy(() -> SpiffeBundle.parse("{\"keys\":[{\"use\":\"x509-svid\"}]}"))
                .hasMessageContaining("has to hold one certificate (x5c), not 0");
        assertThatThrownBy(() -> SpiffeBundle.parse("{\"keys\":[],\"keys\":[]}"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void clientsLearnEachDomainWithItsOwnRoots() throws Exception {
        VersionedResource secret = TrustSecret.of(new Trust(
                Pem.encode(List.of(OWN)),
                "",
                Set.of(),
                "inmesh.local",
                Map.of("partner.example", Pem.encode(List.of(FIRST)))));

        var read = (Translated.Roots) ResourceTranslator.translate(
                        secret.typeUrl(), secret.name(), secret.any().getValue())
                .meaning();

        assertThat(read.certificates()).containsExactly(OWN);
        assertThat(read.federated()).isEqualTo(Map.of("inmesh.local", Set.of(OWN), "partner.example", Set.of(FIRST)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{trustDomain: inmesh.local, bundleFile: x}] | this server's own",
                "[{trustDomain: a, bundleFile: x}, {trustDomain: a, bundleFile: y}] | is there twice",
                "[{trustDomain: Partner, bundleFile: x}] | has to be of a-z",
                "[{trustDomain: a}] | bundleFile has to be given",
                "[{trustDomain: a, bundleFile: x, bundleUrl: 'https://b'}] | one of them",
                "[{trustDomain: a, bundleUrl: 'http://b/'}] | has to be https://"
            })
    void settingsThatCannotBeRightAreRefused(String settings, String problem) throws Exception {
        assertThatThrownBy(() -> read(settings)).hasMessageContaining(problem);
    }

    private static long sequence(MemoryTable table, List<X509Certificate> roots) {
        return new OwnBundle(table, () -> roots)
                .document()
                .path("spiffe_sequence")
                .asLong();
    }

    private Federation follow() throws Exception {
        Federation federation = read("[{trustDomain: partner.example, bundleFile: bundle.json}]");
        federation.follow(time, changes::incrementAndGet);
        time.advance(Duration.ZERO);
        return federation;
    }

    private Federation read(String settings) throws IOException {
        Path file = Files.writeString(folder.resolve("settings.yaml"), "federation: " + settings);
        Section section = SettingsFile.read(file);
        Federation federation = Federation.read(section, "inmesh.local", time);
        section.end();
        return federation;
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.resolve("bundle.json"), text);
    }

    private static String bundle(long sequence, X509Certificate... roots) throws Exception {
        List<String> keys = new ArrayList<>();
        for (X509Certificate root : roots) {
            keys.add(key(root));
        }
        return "{\"keys\":[" + String.join(",", keys) + "],\"spiffe_sequence\":" + sequence
                + ",\"spiffe_refresh_hint\":60}";
    }

    private static String key(X509Certificate root) throws Exception {
        return "{\"use\":\"x509-svid\",\"kty\":\"EC\",\"x5c\":[\""
                + Base64.getEncoder().encodeToString(root.getEncoded()) + "\"]}";
    }
}
