package io.inmesh.server.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinTokensTest {
    @TempDir
    Path directory;

    private final FakeTime time = new FakeTime();
    private final MemoryTable table = new MemoryTable();
    private final AuditLog audit = new AuditLog(table, time);
    private CertificateAuthority authority;
    private JoinTokens tokens;

    @BeforeEach
    void found() throws Exception {
        authority = CertificateAuthority.open(directory.resolve("ca"), "inmesh.local", time, new SecureRandom());
        tokens = new JoinTokens(table, authority, audit, time, new SecureRandom());
    }

    @Test
    void aTokenGivesTheIdentityItWasMadeForAndPinsTheRoot() throws Exception {
        JoinTokens.Issued issued = tokens.issue("default", "reviews", Duration.ofHours(1), 1, "operator");

        assertThat(tokens.verify(issued.token()).identity().uri())
                .isEqualTo("spiffe://inmesh.local/ns/default/sa/reviews");
        assertThat(Base64.getUrlDecoder().decode(issued.token().split("\\.")[3]))
                .isEqualTo(authority.rootHash());
    }

    @Test
    void thePinNeedNotBeSent() throws Exception {
        String token = tokens.issue("default", "reviews", Duration.ofHours(1), 1, "operator")
                .token();

        assertThat(tokens.verify(token.substring(0, token.lastIndexOf('.')))
                        .identity()
                        .serviceAccount())
                .isEqualTo("reviews");
    }

    @Test
    void theSecretIsNowhereInTheStoreOrTheAuditLog() {
        JoinTokens.Issued issued = tokens.issue("default", "reviews", Duration.ofHours(1), 1, "operator");
        String secret = issued.token().split("\\.")[2];

        Stream<String> stored = Stream.of("join-tokens", "audit-log")
                .flatMap(name -> table.scan(name).values().stream())
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));

        assertThat(stored).hasSize(2).noneMatch(text -> text.contains(secret));
        assertThat(issued.toString()).doesNotContain(secret);
    }

    @Test
    void anExpiredTokenIsRefused() {
        String token = tokens.issue("default", "reviews", Duration.ofHours(1), 0, "operator")
                .token();
        time.advance(Duration.ofHours(1));

        refused(token, "expired");
    }

    @Test
    void wrongUnknownAndMalformedTokensAreRefused() {
        JoinTokens.Issued issued = tokens.issue("default", "reviews", Duration.ofHours(1), 0, "operator");

        refused("inmesh." + issued.id() + ".AAAA", "wrong secret");
        refused("inmesh.0000000000000000.AAAA", "unknown");
        refused("", "not a join token");
        refused("inmesh", "not a join token");
        refused("other." + issued.token().substring(7), "not a join token");
        refused("x".repeat(10_000), "not a join token");
    }

    @Test
    void aTokenOfAnotherMeshIsRefused() throws Exception {
        CertificateAuthority other =
                CertificateAuthority.open(directory.resolve("other"), "inmesh.local", time, new SecureRandom());
        String foreign = new JoinTokens(new MemoryTable(), other, audit, time, new SecureRandom())
                .issue("default", "reviews", Duration.ofHours(1), 0, "operator")
                .token();

        refused(foreign, "unknown");
    }

    @Test
    void aTokenIsNotUsedMoreOftenThanAllowedEvenAtOnce() throws Exception {
        JoinTokens.Verified verified =
                tokens.verify(tokens.issue("default", "reviews", Duration.ofHours(1), 3, "operator")
                        .token());
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Callable<Boolean> use = () -> {
                try {
                    tokens.use(verified);
                    return true;
                } catch (JoinTokens.Rejected e) {
                    return false;
                }
            };
            long uses = 0;
            for (var result : threads.invokeAll(List.of(use, use, use, use, use, use, use, use))) {
                uses += result.get() ? 1 : 0;
            }
            assertThat(uses).isEqualTo(3);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void namesThatCannotBeInAnIdentityAreRefused() {
        assertThatThrownBy(() -> tokens.issue("a/b", "reviews", Duration.ofHours(1), 1, "operator"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("namespace");
        assertThatThrownBy(() -> tokens.issue("default", "..", Duration.ofHours(1), 1, "operator"))
                .hasMessageContaining("service account");
        assertThatThrownBy(() -> tokens.issue("default", "reviews", Duration.ofDays(31), 1, "operator"))
                .hasMessageContaining("30 days");
    }

    @Test
    void expiredTokensAreRemoved() {
        tokens.issue("default", "reviews", Duration.ofHours(1), 0, "operator");
        time.advance(Duration.ofHours(2));
        tokens.issue("default", "ratings", Duration.ofHours(1), 0, "operator");

        assertThat(table.scan("join-tokens")).hasSize(1);
    }

    @Test
    void tokensAreListedWithoutTheirSecretsAndCanBeEnded() {
        JoinTokens.Issued issued = tokens.issue("default", "reviews", Duration.ofHours(1), 5, "operator");

        assertThat(tokens.list()).singleElement().satisfies(token -> {
            assertThat(token.id()).isEqualTo(issued.id());
            assertThat(token.identity()).isEqualTo("spiffe://inmesh.local/ns/default/sa/reviews");
            assertThat(token.toString()).doesNotContain(issued.token().split("\\.")[2]);
        });
        assertThat(tokens.revoke(issued.id(), "operator")).isTrue();
        refused(issued.token(), "unknown token");
        assertThat(tokens.revoke(issued.id(), "operator")).isFalse();
        assertThat(audit.entries()).last().asString().contains("token-revoked", issued.id());
    }

    @Test
    void nobodyBecomesTheControlServerByAToken() {
        assertThatThrownBy(() -> tokens.issue("inmesh-system", "control-server", Duration.ofHours(1), 1, "operator"))
                .hasMessageContaining("nobody else can be it");
    }

    private void refused(String token, String reason) {
        assertThatThrownBy(() -> tokens.verify(token))
                .isInstanceOf(JoinTokens.Rejected.class)
                .hasMessageContaining(reason);
    }
}
