package io.inmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.testkit.TestCa;
import io.inmesh.time.Clock;
import java.io.IOException;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which versions of TLS two ends meet on. */
class TlsVersionTest {

    private final TestCa ca = TestCa.root("test.local");

    @ParameterizedTest
    @CsvSource({"TLS_1_3, TLS_1_3", "TLS_1_2, TLS_1_3", "TLS_1_3, TLS_1_2", "TLS_1_2, TLS_1_2"})
    void twoEndsThatKnowBothUseTheNewer(TlsVersion client, TlsVersion server) throws Exception {
        try (TlsPair pair = new TlsPair(server(server))) {
            assertThat(pair.connect(client(client)).protocol()).isEqualTo("TLSv1.3");
        }
    }

    @Test
    void peerThatKnowsNothingNewerIsMetOnRequestOnly() throws Exception {
        try (TlsPair pair = new TlsPair(server(TlsVersion.TLS_1_2))) {
            TlsPair.Seen seen =
                    pair.connect(client(TlsVersion.TLS_1_2), old -> old.setProtocols(new String[] {"TLSv1.2"}));
            assertThat(seen.protocol()).isEqualTo("TLSv1.2");
            assertThat(seen.peer()).isEqualTo("spiffe://test.local/ns/default/sa/productpage");
        }
        try (TlsPair pair = new TlsPair(server(TlsVersion.TLS_1_3))) {
            assertThatThrownBy(() ->
                            pair.connect(client(TlsVersion.TLS_1_2), old -> old.setProtocols(new String[] {"TLSv1.2"})))
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"})
    void suitesWithoutAuthenticatedEncryptionAreRefused(String suite) throws Exception {
        try (TlsPair pair = new TlsPair(server(TlsVersion.TLS_1_2))) {
            assertThatThrownBy(() -> pair.connect(client(TlsVersion.TLS_1_2), old -> {
                        old.setProtocols(new String[] {"TLSv1.2"});
                        old.setCipherSuites(new String[] {suite});
                    }))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void settingIsAVersionAndNothingElse() {
        assertThat(TlsVersion.of("1.2")).isEqualTo(TlsVersion.TLS_1_2);
        assertThat(TlsVersion.of("1.3")).isEqualTo(TlsVersion.TLS_1_3);
        assertThatThrownBy(() -> TlsVersion.of("1.1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("INMESH_TLS_MIN_VERSION")
                .hasMessageContaining("1.3");
    }

    private SSLContext server(TlsVersion oldest) {
        return ServerTls.serverContext(holder("reviews", oldest));
    }

    private SSLContext client(TlsVersion oldest) {
        return holder("productpage", oldest)
                .current()
                .clientContext(new PeerExpectation(Set.of(SpiffeId.of("test.local", "default", "reviews")), "reviews"));
    }

    private IdentityHolder holder(String serviceAccount, TlsVersion oldest) {
        IdentityHolder holder = new IdentityHolder(Clock.SYSTEM, oldest);
        holder.update(ca.issue("default", serviceAccount), ca.bundle());
        return holder;
    }
}
