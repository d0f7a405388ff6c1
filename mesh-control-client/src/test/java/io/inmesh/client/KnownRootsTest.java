package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.client.identity.Chains;
import io.inmesh.identity.WorkloadIdentity;
import io.inmesh.testkit.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the pinned root to the one of today, over what is on disk. */
final class KnownRootsTest {

    private final TestCa first = TestCa.root("inmesh.local");
    private final TestCa second = TestCa.root("inmesh.local");
    private final TestCa third = TestCa.root("inmesh.local");

    @TempDir
    Path place;

    private StateFolder folder;

    @BeforeEach
    void open() throws Exception {
        folder = StateFolder.open(place);
    }

    @AfterEach
    void close() {
        folder.close();
    }

    @Test
    void rootsThatFollowedOneAnotherAreKnownAfterARestart() throws Exception {
        KnownRoots roots = known(first);
        follow(roots, first, first, second);
        follow(roots, second, second, third);

        KnownRoots again = known(first);

        assertThat(List.of(first, second, third)).allMatch(ca -> again.known(ca.rootCertificate()));
        assertThat(again.known(TestCa.root("inmesh.local").rootCertificate())).isFalse();
    }

    @Test
    void whoWritesToTheFolderCannotAddARootOfItsOwn() throws Exception {
        KnownRoots attacker = known(third);
        follow(attacker, third, third, second);
        assertThat(attacker.known(second.rootCertificate())).isTrue();

        KnownRoots roots = known(first);

        assertThat(roots.known(second.rootCertificate())).isFalse();
        assertThat(roots.known(third.rootCertificate())).isFalse();
    }

    @Test
    void sealedResourcesAreNotTakenForARoot() throws Exception {
        WorkloadIdentity own = first.issue("default", "reviews");
        byte[] resources = StateSeal.seal(Chains.sha256(second.rootCertificate()), own, chain(own, first));
        byte[] file = java.nio.ByteBuffer.allocate(8 + resources.length)
                .putInt(1)
                .putInt(resources.length)
                .put(resources)
                .array();
        folder.save("roots", file);

        assertThat(known(first).known(second.rootCertificate())).isFalse();
    }

    @Test
    void aTornFileIsPutAside() throws Exception {
        follow(known(first), first, first, second);
        byte[] bytes = Files.readAllBytes(place.resolve("roots"));
        Files.write(place.resolve("roots"), java.util.Arrays.copyOf(bytes, bytes.length - 10));

        assertThat(known(first).known(second.rootCertificate())).isFalse();
        assertThat(place.resolve("roots.rejected")).exists();
    }

    private KnownRoots known(TestCa pinned) {
        return new KnownRoots(folder, pinned.rootCertificate()::equals);
    }

    /** A process below {@code own} is pushed a bundle of two. */
    private static void follow(KnownRoots roots, TestCa own, TestCa one, TestCa other) throws Exception {
        WorkloadIdentity identity = own.issue("default", "reviews");
        roots.follow(List.of(one.rootCertificate(), other.rootCertificate()), identity, chain(identity, own));
    }

    private static List<X509Certificate> chain(WorkloadIdentity identity, TestCa ca) throws Exception {
        return Chains.withRoot(identity, ca.bundle());
    }
}
