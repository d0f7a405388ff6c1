package io.inmesh.server.ca;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.Keys;
import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.FollowedTables;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Servers that open the authority of one store, each hearing of the others. */
abstract class SharedAuthorityFixture {

    static final String PASSPHRASE = "the same at all of them";
    private static final WorkloadIdentity REVIEWS = new WorkloadIdentity("inmesh.local", "default", "reviews");

    @TempDir
    Path directory;

    final FakeTime time = new FakeTime();
    final Engine engine = EmbeddedEngine.inMemory();
    private final List<FollowedTables> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(FollowedTables::close);
        engine.close();
    }

    CertificateAuthority open() throws IOException {
        return open(engine, followed(engine), "none", PASSPHRASE);
    }

    CertificateAuthority open(Engine store, FollowedTables followed, String files, String passphrase)
            throws IOException {
        return SharedAuthority.open(
                AuthoritySettings.defaults(),
                store,
                followed,
                directory.resolve(files),
                "inmesh.local",
                Map.of(AuthoritySettings.PASSPHRASE_VARIABLE, passphrase),
                time,
                new SecureRandom());
    }

    FollowedTables followed(Engine store) {
        FollowedTables followed = new FollowedTables(store, time, SharedAuthority.TABLE);
        opened.add(followed);
        return followed;
    }

    static IssuedCertificate issue(CertificateAuthority authority) {
        return authority.issue(
                SubjectPublicKeyInfo.getInstance(Keys.p256().getPublic().getEncoded()), REVIEWS, Duration.ZERO);
    }
}
